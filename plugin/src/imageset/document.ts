import type { Finding } from '../system/errors';
import { SeqmirrorError, impossible, renderPosition } from '../system/errors';
import type { Place } from './placed-value';
import { placeAt, readPlacedValue } from './placed-value';
import type { Positions } from './positions';
import { rulesBroken } from './rules/all';
import { unsafeTexts } from './rules/texts';
import type { ImageSetConfiguration } from './schema';
import { readShape } from './shape';
import { readYamlSource } from './yaml-source';

/** An imageset configuration as it stands in a file: the text, its parsed value, and where in the text each value is. */
export interface ImageSetDocument {
  /** For messages, as the person knows it: `mirror/content/seq1-baseline/imageset-config.yaml`. */
  readonly file: string;
  readonly text: string;
  readonly config: ImageSetConfiguration;
  /** Line and column, from 1, of the value at a path such as `['mirror', 'operators', 0, 'catalog']`; of its nearest parent if absent. */
  positionOf(path: readonly PropertyKey[]): { readonly line: number; readonly column: number };
}

/**
 * Reads and checks an imageset configuration. Whatever the text holds, this returns: findings in the order of the file,
 * errors where oc-mirror would refuse or fail, warnings where it would do what people hardly meant. Without a document,
 * the text has not the shape of a configuration; with one, it may still break a rule.
 */
export function parseImageSet(
  text: string,
  file: string,
): { document?: ImageSetDocument | undefined; findings: readonly Finding[] } {
  const { document, positions, findings } = parseShape(text, file);
  if (document === undefined) return { findings };
  return { document, findings: inOrder([...findings, ...rulesBroken(document.config, positions)]) };
}

type Shaped =
  | { readonly document: ImageSetDocument; readonly positions: Positions; readonly findings: readonly Finding[] }
  | { readonly document?: undefined; readonly positions?: undefined; readonly findings: readonly Finding[] };

function parseShape(text: string, file: string): Shaped {
  const { source, findings: malformed } = readYamlSource(text, file);
  if (source === undefined) return { findings: malformed };
  const { value, place, findings: unusable } = readPlacedValue(source);
  if (unusable.length > 0) return { findings: inOrder(unusable) };

  const at = (offsetOf: (place: Place) => number) => (path: readonly PropertyKey[]) =>
    source.at(offsetOf(placeAt(place, path)));
  const positions = { place, at: at(({ offset }) => offset), atKey: at(({ keyOffset }) => keyOffset) };
  const unsafe = unsafeTexts(value, positions);
  const { config, findings: misshapen } = readShape(value, positions);
  if (config === undefined) return { findings: inOrder([...unsafe, ...misshapen]) };

  const document: ImageSetDocument = {
    file,
    text,
    config,
    positionOf: (path) => {
      const { line = 1, column = 1 } = positions.at(path);
      return { line, column };
    },
  };
  return { document, positions, findings: inOrder([...unsafe, ...misshapen]) };
}

/**
 * The configuration, where nothing in it is an error. Warnings are passed over: `parseImageSet` has them.
 *
 * @throws SEQ0101 to SEQ0116, the first in the file, the others among its details
 */
export function requireImageSet(text: string, file: string): ImageSetDocument {
  return withoutErrors(parseImageSet(text, file));
}

/**
 * The configuration of a sealed sequence, or its pinned record. Its rules were looked at when it was sealed, and a seal
 * tells of any change since; so only its shape is read, in half the time.
 *
 * @throws SEQ0101 to SEQ0116 for a text that has not the shape of a configuration
 */
export function requireRecordedImageSet(text: string, file: string): ImageSetDocument {
  return withoutErrors(parseShape(text, file));
}

function withoutErrors({
  document,
  findings,
}: {
  document?: ImageSetDocument | undefined;
  findings: readonly Finding[];
}): ImageSetDocument {
  const [first, ...others] = findings.filter(({ severity }) => severity === 'error');
  if (first === undefined && document !== undefined) return document;
  if (first === undefined) throw impossible('a text that is no document, and nothing wrong with it');
  const details = [
    ...(first.details ?? []),
    ...others.map(({ code, at, what }) => `${code} ${at === undefined ? '' : `${renderPosition(at)}: `}${what}`),
  ];
  throw new SeqmirrorError({ ...first, ...(details.length > 0 ? { details } : {}) });
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}
