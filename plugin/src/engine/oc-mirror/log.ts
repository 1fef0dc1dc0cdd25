import type { ImageKind } from '../../oci/image';
import { withoutTransport } from '../../oci/reference';

/**
 * What oc-mirror prints. Each message is a line such as `2026/11/23 17:22:20 \x1b[1;94m [INFO] \x1b[0m  : 📌 images to
 * copy 9 `, with colours even into a pipe; further lines of a message have no such prefix. The messages are those of
 * 4.18 to main (internal/pkg/log, batch, cli/executor.go).
 */

export type Level = 'info' | 'warning' | 'error' | 'debug' | 'trace';

export type Event =
  | { readonly event: 'collecting'; readonly kind: ImageKind }
  | { readonly event: 'rebuilding catalogs' }
  | { readonly event: 'images to copy'; readonly count: number }
  | { readonly event: 'copied'; readonly reference: string }
  | { readonly event: 'copy failed'; readonly reference: string }
  | { readonly event: 'result'; readonly kind: ImageKind; readonly copied: number; readonly total: number }
  | { readonly event: 'archiving' }
  | { readonly event: 'source'; readonly reference: string }
  | { readonly event: 'destination'; readonly reference: string }
  | { readonly event: 'warning' | 'error'; readonly text: string }
  | { readonly event: 'panic'; readonly text: string };

const prefix = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\s+\[(INFO|WARN|ERROR|DEBUG|TRACE)\]\s+:\s?(.*)$/;

const levels = { INFO: 'info', WARN: 'warning', ERROR: 'error', DEBUG: 'debug', TRACE: 'trace' } as const;

/** The line without colours, split into level and message. Without a level it continues the message before it. */
export function parseLine(line: string): { readonly level?: Level | undefined; readonly text: string } {
  // eslint-disable-next-line no-control-regex -- terminal colours are what is removed
  const plain = line.replace(/\u001b\[[0-9;]*m/g, '').trimEnd();
  const match = prefix.exec(plain);
  if (match === null) return { text: plain };
  return { level: levels[match[1] as keyof typeof levels], text: (match[2] ?? '').trim() };
}

/** The meaning of a message; `undefined` if it is not used here. */
export function eventOf({ level, text }: { level?: Level | undefined; text: string }): Event | undefined {
  if (level === undefined) return /^(panic|fatal error): /.test(text) ? { event: 'panic', text } : undefined;
  if (level === 'debug') return pairEvent(text);
  for (const [pattern, make] of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return make(match);
  }
  return level === 'warning' || level === 'error' ? { event: level, text } : undefined;
}

const kindsByWord: Readonly<Record<string, ImageKind>> = {
  release: 'release',
  operator: 'operator',
  additional: 'additional',
  helm: 'helm',
};

const patterns: readonly (readonly [RegExp, (match: RegExpExecArray) => Event])[] = [
  [
    /collecting (release|operator|additional|helm) images\.\.\.$/,
    (match) => ({ event: 'collecting', kind: kindsByWord[match[1] as string] as ImageKind }),
  ],
  [/rebuilding catalogs$/, () => ({ event: 'rebuilding catalogs' })],
  [/images to copy (\d+)$/, (match) => ({ event: 'images to copy', count: Number(match[1]) })],
  [/^Success copying (\S+) /, (match) => ({ event: 'copied', reference: withoutTransport(match[1] as string) })],
  [/^Failed to copy \S+ (\S+)/, (match) => ({ event: 'copy failed', reference: withoutTransport(match[1] as string) })],
  [
    /[✓✗]\s+(\d+) \/ (\d+) (release|operator|additional|helm) images mirrored/u,
    (match) => ({
      event: 'result',
      copied: Number(match[1]),
      total: Number(match[2]),
      kind: kindsByWord[match[3] as string] as ImageKind,
    }),
  ],
  [/Preparing the tarball archive\.\.\.$/, () => ({ event: 'archiving' })],
];

/**
 * With `--log-level=debug`, collectors print two lines per image: `source docker://…` and `destination
 * docker://localhost:…`.
 */
function pairEvent(text: string): Event | undefined {
  const match = /(?:^|\] )(source|destination) (\S+:\S+)$/.exec(text);
  if (match === null) return undefined;
  return { event: match[1] as 'source' | 'destination', reference: withoutTransport(match[2] as string) };
}
