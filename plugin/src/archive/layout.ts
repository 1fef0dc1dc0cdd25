/**
 * Where everything goes before any byte is there. The sizes of blobs are known from manifests, so the archives of a
 * sequence are laid out first and then filled in any order, by as many downloads at a time as one likes.
 */
import type { Digest } from '../oci/digest';
import { blobTooLarge } from './errors';
import { archiveFileName, blobEntryName } from './names';
import { encodeHeader, paddedBytes, trailerBytes } from './tar-header';

export interface PlannedBlob {
  readonly digest: Digest;
  readonly bytes: number;
}

/** A link file: its name in the archive, and the digest that it holds. */
export interface PlannedLink {
  readonly name: string;
  readonly digest: Digest;
}

export interface LaidOutEntry {
  readonly kind: 'link' | 'blob';
  readonly name: string;
  /** Of a blob, its own; of a link, its content. */
  readonly digest: Digest;
  /** Bytes from the file's start. */
  readonly headerOffset: number;
  readonly offset: number;
  readonly bytes: number;
}

/** One archive file. */
export interface ArchiveVolume {
  readonly name: string;
  readonly entries: readonly LaidOutEntry[];
  /** Of the whole file: headers, bodies, padding, end mark. */
  readonly bytes: number;
}

export interface ArchiveLayout {
  readonly volumes: readonly ArchiveVolume[];
  /** Of all files. */
  readonly bytes: number;
}

interface LayoutRequest {
  readonly blobs: readonly PlannedBlob[];
  readonly links: readonly PlannedLink[];
  /** No file becomes larger than this, headers included. oc-mirror counts bodies only. */
  readonly archiveSizeBytes: number;
}

/**
 * Lays out links, then blobs, as oc-mirror orders them; sorted, so that the same content makes the same archives. There
 * is always one volume at least.
 *
 * @throws SEQ0308 when a blob does not fit into an archive by itself (as `oc-mirror --strict-archive` refuses it)
 */
export function planArchives({ blobs, links, archiveSizeBytes }: LayoutRequest): ArchiveLayout {
  const pending: Omit<LaidOutEntry, 'headerOffset' | 'offset'>[] = [
    ...[...links].sort((a, b) => (a.name < b.name ? -1 : 1)).map(linkEntry),
    ...[...blobs].sort((a, b) => (a.digest < b.digest ? -1 : 1)).map(blobEntry),
  ];
  const volumes: ArchiveVolume[] = [];
  let entries: LaidOutEntry[] = [];
  let end = 0;
  const finishVolume = (): void => {
    volumes.push({ name: archiveFileName(volumes.length + 1), entries, bytes: end + trailerBytes });
    entries = [];
    end = 0;
  };
  for (const entry of pending) {
    const headerBytes = encodeHeader(entry).length;
    const needed = headerBytes + paddedBytes(entry.bytes);
    if (needed + trailerBytes > archiveSizeBytes) {
      throw blobTooLarge({ ...entry, archiveBytes: archiveSizeBytes, needed: needed + trailerBytes });
    }
    if (end + needed + trailerBytes > archiveSizeBytes) finishVolume();
    entries.push({ ...entry, headerOffset: end, offset: end + headerBytes });
    end += needed;
  }
  if (entries.length > 0 || volumes.length === 0) finishVolume();
  return { volumes, bytes: volumes.reduce((sum, volume) => sum + volume.bytes, 0) };
}

function linkEntry({ name, digest }: PlannedLink): Omit<LaidOutEntry, 'headerOffset' | 'offset'> {
  return { kind: 'link', name, digest, bytes: digest.length };
}

function blobEntry({ digest, bytes }: PlannedBlob): Omit<LaidOutEntry, 'headerOffset' | 'offset'> {
  return { kind: 'blob', name: blobEntryName(digest), digest, bytes };
}
