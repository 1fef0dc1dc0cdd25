/** Finds where an archive differs from its kept frame. */
import type { ArchiveIndex } from '../archive-index';
import { frameUnusable } from '../errors';
import { rangePieces } from '../range-pieces';
import { paddedBytes } from '../tar-header';
import { frameRangesOf } from './frame-ranges';
import { openFrame } from './frame-reader';

export interface FrameDifference {
  /** Where the first differing byte is, from the archive's start. */
  readonly offset: number;
  /** The entry, of working-dir or beside it, that contains the byte; header and padding included. */
  readonly entry: string | undefined;
}

type Archive = Pick<ArchiveIndex, 'path' | 'name' | 'bytes' | 'blobs' | 'workingDir' | 'other'>;

/**
 * The first byte outside of blobs that differs from a kept frame; `undefined` if none does, or the archive is longer.
 *
 * @throws SEQ0323 when the frame is damaged
 */
export async function firstFrameDifference(
  archive: Archive,
  frame: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<FrameDifference | undefined> {
  const damaged = (why: string, cause: unknown): Error => frameUnusable({ frame, archive: archive.name, why, cause });
  const reader = openFrame(frame, { damaged });
  const ranges = frameRangesOf(archive);
  let position = 0;
  try {
    for await (const found of rangePieces(archive, ranges, { signal })) {
      for (let at = 0; at < found.length;) {
        const kept = await reader.next(found.length - at);
        const same = kept === undefined ? 0 : sameBytes(kept, found.subarray(at, at + kept.length));
        if (kept === undefined || same < kept.length) return placeOf(archive, ranges, position + at + same);
        at += kept.length;
      }
      position += found.length;
    }
    return undefined;
  } finally {
    reader.close();
  }
}

function sameBytes(a: Buffer, b: Buffer): number {
  if (a.equals(b)) return a.length;
  let at = 0;
  while (a[at] === b[at]) at += 1;
  return at;
}

function placeOf(archive: Archive, ranges: ReturnType<typeof frameRangesOf>, position: number): FrameDifference {
  let before = 0;
  let offset = archive.bytes;
  for (const range of ranges) {
    if (position < before + range.bytes) {
      offset = range.offset + position - before;
      break;
    }
    before += range.bytes;
  }
  const entry = [...archive.workingDir, ...archive.other].find(
    (candidate) => offset >= candidate.headerOffset && offset < candidate.offset + paddedBytes(candidate.bytes),
  );
  return { offset, entry: entry?.name };
}
