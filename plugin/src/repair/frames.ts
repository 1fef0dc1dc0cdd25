/** Frames of archives, from which and from its blobs an archive is made again byte for byte. */
import { open } from 'node:fs/promises';
import { frameRangesOf } from '../archive/frame';
import type { ArchiveIndex } from '../archive/index';
import { writeFully } from '../archive/positional-io';
import type { Digest } from '../registry/digest';
import type { OwnArchive } from './own-archives';
import { readPieces } from './read-pieces';
import type { Making } from './reissue-plan';
import type { Survey } from './survey';

/** The frame as it lies in an archive whose blobs alone are damaged. */
export interface Frame {
  readonly index: ArchiveIndex;
}

export interface FramedArchive {
  readonly making: Making;
  readonly index: ArchiveIndex;
}

/** The archives of these for which there is a frame that is proven to be the sealed one. */
export async function findFrames(survey: Survey, lost: readonly OwnArchive[]): Promise<FramedArchive[]> {
  const sealed = new Set(survey.inventory.blobs.map(({ digest }) => digest));
  return lost.flatMap(({ recorded, files }) => {
    if (recorded.frame_sha256 === undefined) return [];
    const index = files.find(({ found }) => found?.frameSha256 === recorded.frame_sha256)?.found?.index;
    // What was adopted damaged has a frame with blobs in it that nobody has.
    if (index === undefined || ![...index.blobs.keys()].every((digest) => sealed.has(digest))) return [];
    const blobs = [...index.blobs].map(([digest, { bytes }]) => ({ digest, bytes }));
    return [{ making: { how: 'rebuilt', name: recorded.name, bytes: recorded.bytes, frame: { index }, blobs }, index }];
  });
}

/** Writes an archive out of a frame and its blobs. */
export async function rebuildFromFrame(
  { index }: Frame,
  to: string,
  {
    blob,
    signal,
    progress,
  }: { blob: (digest: Digest) => AsyncIterable<Buffer>; signal: AbortSignal; progress: (bytes: number) => void },
): Promise<void> {
  const file = await open(to, 'w', 0o644);
  const write = async (offset: number, pieces: AsyncIterable<Buffer>): Promise<void> => {
    let at = offset;
    for await (const piece of pieces) {
      await writeFully(file, piece, at);
      at += piece.length;
      progress(piece.length);
    }
  };
  try {
    for (const range of frameRangesOf(index))
      await write(range.offset, readPieces({ path: index.path, ...range }, { signal }));
    for (const [digest, { offset }] of index.blobs) await write(offset, blob(digest));
    await file.sync();
  } finally {
    await file.close();
  }
}
