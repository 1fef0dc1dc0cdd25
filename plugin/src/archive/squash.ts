/**
 * Any set of blobs, with the links that images need and the files that disk-to-mirror reads, as one minimal set of
 * archives. Deterministic: the same content makes the same bytes, wherever the blobs are taken from.
 */
import type { PlannedBlob, PlannedLink } from './layout';
import { planArchives } from './layout';
import { blobEntryName } from './names';
import { encodeHeader, paddedBytes, trailerBytes } from './tar-header';
import type { PlannedFile, WholeVolume } from './write-whole';
import { withFiles } from './write-whole';

export interface Squash {
  readonly blobs: readonly PlannedBlob[];
  readonly links: readonly PlannedLink[];
  readonly files: readonly PlannedFile[];
  /** Where an archive ends; one that holds a single larger blob is as large as that takes. */
  readonly archiveSizeBytes: number;
}

/** Lays the set out. Nothing is read; `writeWholeArchive` writes each of its volumes. */
export function squash({ blobs, links, files, archiveSizeBytes }: Squash): WholeVolume[] {
  let largest = 0;
  for (const entry of [...blobs, ...files]) largest = Math.max(largest, bytesAlone(entry));
  const limit = { archiveSizeBytes: Math.max(archiveSizeBytes, largest) };
  return withFiles(planArchives({ blobs, links, ...limit }), files, limit);
}

/** What a blob takes in an archive, header and padding included. */
export function entryBytesOf({ digest, bytes }: PlannedBlob): number {
  // Names of blobs are all as long, so only a size that needs PAX makes a longer header.
  const header = bytes <= plainBytes ? plainHeaderBytes : encodeHeader({ name: blobEntryName(digest), bytes }).length;
  return header + paddedBytes(bytes);
}

const plainBytes = 0o77777777777;
const plainHeaderBytes = 512;

function bytesAlone(entry: PlannedBlob | PlannedFile): number {
  const needed = 'digest' in entry ? entryBytesOf(entry) : encodeHeader(entry).length + paddedBytes(entry.bytes);
  return needed + trailerBytes;
}
