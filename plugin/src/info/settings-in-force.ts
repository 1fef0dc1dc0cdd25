import type { ParsedNode } from 'yaml';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { DataDirectorySource } from '../mirror/data-directory';
import type { MirrorSettings } from '../mirror/settings';
import { engineOptions } from '../mirror/settings';
import { usuallyShown } from '../mirror/shown-sequences';

/** One setting, its value, and its source. */
export interface SettingInForce {
  /** The key with its parent keys: `ocMirror.imageTimeout`. */
  readonly key: string;
  readonly value: unknown;
  readonly from:
    | { readonly kind: 'file'; readonly file: string; readonly line: number }
    | { readonly kind: 'environment'; readonly variable: string }
    | { readonly kind: 'default' };
}

/**
 * Every setting with a default and every given one, by name. For a signing program only its name is shown, since its
 * arguments may hold a secret.
 *
 * @param facts.text the text that the settings were read from; it is valid
 */
export function settingsInForce(
  settings: MirrorSettings,
  { text, file, data }: { text: string; file: string; data: { root: string; from: DataDirectorySource } },
): SettingInForce[] {
  const given = settingsIn(text);
  const effective = new Map([
    ...[...given].map(([key, { value }]) => [key, value] as const),
    ...Object.entries(valuesOf(settings)),
    ['dataDir', data.root] as const,
  ]);
  effective.delete('schema');
  return [...effective]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => {
      if (key === 'dataDir' && data.from !== 'dataDir') {
        const from = { kind: 'environment', variable: data.from } as const;
        return { key, value, from: data.from === 'HOME' ? { kind: 'default' } : from };
      }
      const line = given.get(key)?.line;
      return { key, value, from: line === undefined ? { kind: 'default' } : { kind: 'file', file, line } };
    });
}

/** The effective value of every key with a default. */
function valuesOf(settings: MirrorSettings): Readonly<Record<string, unknown>> {
  const { ocMirrorBinary, helmBinary, imageTimeoutSeconds, removeSignatures, slim, attachments, ...options } =
    engineOptions(settings);
  return {
    ...options,
    engine: settings.engine ?? 'auto',
    'ocMirror.binary': ocMirrorBinary ?? 'oc-mirror',
    'helm.binary': helmBinary ?? 'helm',
    'ocMirror.imageTimeout': imageTimeoutSeconds,
    'ocMirror.removeSignatures': removeSignatures,
    'ocMirror.slim': slim,
    'embedded.attachments': attachments.taken,
    'embedded.ifRefused': attachments.ifRefused,
    ci: settings.ci ?? 'refuse',
    'graph.show': settings.graph?.show ?? usuallyShown,
    requireSignatures: settings.requireSignatures ?? false,
  };
}

interface Given {
  readonly value: unknown;
  readonly line: number;
}

function settingsIn(text: string): Map<string, Given> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const given = new Map<string, Given>();
  const visit = (node: ParsedNode | null, path: string): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const name = `${path}${String(key.value)}`;
      if (isMap(value)) visit(value as ParsedNode, `${name}.`);
      else given.set(name, { value: shown(name, value?.toJS(document)), line: lineCounter.linePos(key.range[0]).line });
    }
  };
  visit(document.contents, '');
  return given;
}

function shown(key: string, value: unknown): unknown {
  if (!['signing.sign', 'signing.verify'].includes(key) || !Array.isArray(value)) return value;
  return [value[0], ...(value.length > 1 ? ['…'] : [])];
}
