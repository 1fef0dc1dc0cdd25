/** Volumes while they are filled: what still fits on each, on its file system. */
import type { PlannedBlob, PlannedFile, PlannedLink } from '../archive/plan';
import { trailerBytes } from '../archive/tar-header';
import type { WholeSource } from './bundle-file';
import type { Medium } from './media';

/** A piece of something too large for a volume, by its number. Offsets in bytes. */
export interface Piece {
  readonly of: number;
  readonly from: number;
  readonly to: number;
}

/** What is put on a volume: an entry of an archive that is composed there, or a separate file. */
export type VolumeItem = {
  /** For an entry, with its header and padding; for a file, its length. */
  readonly bytes: number;
  /** Orders items of equal size. */
  readonly key: string;
} & (
  | { readonly kind: 'blob'; readonly blob: PlannedBlob }
  | { readonly kind: 'link'; readonly link: PlannedLink }
  | { readonly kind: 'file'; readonly file: PlannedFile }
  | { readonly kind: 'whole'; readonly source: WholeSource }
  | { readonly kind: 'piece'; readonly piece: Piece }
);

export interface OpenArchive {
  readonly links: PlannedLink[];
  readonly blobs: PlannedBlob[];
  readonly files: PlannedFile[];
  bytes: number;
}

export interface OpenVolume {
  readonly archives: OpenArchive[];
  readonly whole: WholeSource[];
  readonly pieces: Piece[];
  /** What the file system needs for all files together. */
  used: number;
}

export interface VolumeRoom {
  readonly medium: Medium;
  /** What a volume takes with so many archives or pieces before their first byte. */
  readonly taken: (archives: number) => number;
}

export interface FileLimits {
  /** The longest file that an otherwise empty volume holds. */
  readonly largest: number;
  /** Where an archive that is made ends. */
  readonly archive: number;
}

export function emptyVolume(): OpenVolume {
  return { archives: [], whole: [], pieces: [], used: 0 };
}

/** Puts something on a volume; `false` if it does not fit there any more. */
export function addTo(volume: OpenVolume, item: VolumeItem, room: VolumeRoom, limits: FileLimits): boolean {
  if (item.kind === 'whole' || item.kind === 'piece') {
    const taken = room.medium.fileBytes(item.bytes);
    if (!fits(volume, room, { bytes: taken, files: 1 })) return false;
    volume.used += taken;
    if (item.kind === 'whole') volume.whole.push(item.source);
    else volume.pieces.push(item.piece);
    return true;
  }
  const archive = archiveFor(volume, item.bytes, room, limits);
  if (archive === undefined) return false;
  if (item.kind === 'blob') archive.blobs.push(item.blob);
  else if (item.kind === 'link') archive.links.push(item.link);
  else archive.files.push(item.file);
  return true;
}

/** An entry continues an open archive of the volume, or begins one. */
function archiveFor(
  volume: OpenVolume,
  needed: number,
  room: VolumeRoom,
  { largest, archive: limit }: FileLimits,
): OpenArchive | undefined {
  const { fileBytes } = room.medium;
  for (const archive of volume.archives) {
    if (archive.bytes + needed > limit) continue;
    const added = fileBytes(archive.bytes + needed) - fileBytes(archive.bytes);
    if (!fits(volume, room, { bytes: added, files: 0 })) continue;
    archive.bytes += needed;
    volume.used += added;
    return archive;
  }
  const bytes = trailerBytes + needed;
  if (bytes > largest || !fits(volume, room, { bytes: fileBytes(bytes), files: 1 })) return undefined;
  const archive: OpenArchive = { links: [], blobs: [], files: [], bytes };
  volume.archives.push(archive);
  volume.used += fileBytes(bytes);
  return archive;
}

function fits(
  { archives, whole, pieces, used }: OpenVolume,
  { medium, taken }: VolumeRoom,
  added: { bytes: number; files: number },
): boolean {
  const files = archives.length + whole.length + pieces.length + added.files;
  return medium.bytes === undefined || taken(files) + used + added.bytes <= medium.bytes;
}
