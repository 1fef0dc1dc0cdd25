import type { ImageKind } from '../../oci/image';

/** The meaning of an exit code (oc-mirror internal/pkg/errcode/code.go, cmd/oc-mirror/main.go). */
export type Exit =
  | { readonly kind: 'success' }
  /** Bits 2, 4, 8, 16: images of these kinds could not be collected or copied. */
  | { readonly kind: 'images failed'; readonly of: readonly ImageKind[] }
  /** 1: anything not about an image: arguments, configuration, archive, history. */
  | { readonly kind: 'refused' }
  /** 255 (klog.Fatal), or 2 with a Go panic. */
  | { readonly kind: 'crashed' }
  | { readonly kind: 'killed'; readonly signal: string };

const bits: readonly (readonly [number, ImageKind])[] = [
  [2, 'release'],
  [4, 'operator'],
  [8, 'additional'],
  [16, 'helm'],
];

/** Decodes an exit. `panicked`: the run printed a Go panic, which exits with 2 as failing releases do. */
export function exitOf(
  { exitCode, signal }: { exitCode: number | undefined; signal: string | undefined },
  { panicked }: { panicked: boolean },
): Exit {
  if (signal !== undefined) return { kind: 'killed', signal };
  if (exitCode === undefined || panicked || exitCode >= 64)
    return exitCode !== undefined && exitCode > 128 && exitCode < 160
      ? { kind: 'killed', signal: `signal ${exitCode - 128}` }
      : { kind: 'crashed' };
  if (exitCode === 0) return { kind: 'success' };
  const of = bits.filter(([bit]) => (exitCode & bit) !== 0).map(([, kind]) => kind);
  return of.length > 0 && (exitCode & 1) === 0 ? { kind: 'images failed', of } : { kind: 'refused' };
}

/** `release and operator images could not be mirrored`, for messages. */
export function exitInWords(exit: Exit): string {
  switch (exit.kind) {
    case 'success':
      return 'oc-mirror reported success';
    case 'images failed':
      return `${listInWords(exit.of)} images could not be mirrored`;
    case 'refused':
      return 'oc-mirror refused or could not finish the run';
    case 'crashed':
      return 'oc-mirror crashed';
    case 'killed':
      return `${exit.signal} ended it`;
  }
}

/** `release, operator and helm` */
export function listInWords(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
