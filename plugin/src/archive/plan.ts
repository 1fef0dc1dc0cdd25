/**
 * The plan of a set of archives: every entry and its place, before any byte is written. Sizes are known from manifests
 * and records, so archives are laid out first, and then filled in any order (fill-archive.ts, for the embedded engine)
 * or written from the first byte to the last (write-archive.ts, for bundles and reissues). Deterministic: the same
 * content gives the same bytes, whoever writes them and wherever the blobs come from.
 */
import type { Digest } from '../oci/digest';
import { blobTooLarge } from './errors';
import { archiveFileName, blobEntryName } from './names';
import { encodeHeader, paddedBytes, trailerBytes } from './tar-header';
import { sumOfBytes } from '../system/byte-size';

export interface PlannedBlob {
  readonly digest: Digest;
  readonly bytes: number;
}

/** A link file: its name in the archive, and the digest that it holds. */
export interface PlannedLink {
  readonly name: string;
  readonly digest: Digest;
}

/** An entry that is neither blob nor link, with its content: what disk-to-mirror reads of oc-mirror's working-dir. */
export interface PlannedFile {
  readonly name: string;
  readonly bytes: number;
  /** Returns the content; called once per writing. */
  readonly pieces: () => AsyncIterable<Buffer>;
}

/** What archives are to hold, in any order. */
export interface ArchiveContent {
  readonly blobs: readonly PlannedBlob[];
  readonly links: readonly PlannedLink[];
  readonly files?: readonly PlannedFile[] | undefined;
}

type EntryBody = { readonly name: string; readonly bytes: number } & (
  | { readonly kind: 'link'; /** Its content. */ readonly digest: Digest }
  | { readonly kind: 'blob'; readonly digest: Digest }
  | { readonly kind: 'file'; readonly pieces: PlannedFile['pieces'] }
);

/** An entry at its place. Offsets in bytes from the file's start. */
export type PlannedEntry = EntryBody & { readonly headerOffset: number; readonly offset: number };

/** One archive file. */
export interface PlannedArchive {
  readonly name: string;
  readonly entries: readonly PlannedEntry[];
  /** Bytes of the whole file: headers, bodies, padding, end mark. */
  readonly bytes: number;
}

export interface ArchivePlan {
  readonly archives: readonly PlannedArchive[];
  /** Bytes of all files. */
  readonly bytes: number;
}

interface PlanRequest extends ArchiveContent {
  /** Where an archive ends, headers included. oc-mirror counts bodies only. */
  readonly archiveSizeBytes: number;
  /**
   * What happens to an entry that is larger than that by itself. `refuse`: a blob is refused, as by `oc-mirror
   * --strict-archive`, and a file gets an archive of its own. `make room`: archives may be as large as the largest
   * entry needs. Default: refuse.
   */
  readonly whenLarger?: 'refuse' | 'make room' | undefined;
}

/**
 * Lays out links, then blobs, then files, as oc-mirror orders them; each kind sorted. There is always at least one
 * archive. Nothing is read.
 *
 * @throws SEQ0308 when a blob does not fit in an archive by itself, with `refuse`
 */
export function planArchives({ archiveSizeBytes, whenLarger = 'refuse', ...content }: PlanRequest): ArchivePlan {
  const bodies = bodiesOf(content);
  const limit = whenLarger === 'refuse' ? archiveSizeBytes : Math.max(archiveSizeBytes, largestIn(content));
  const archives: PlannedArchive[] = [];
  let entries: PlannedEntry[] = [];
  let end = 0;
  const finishArchive = (): void => {
    archives.push({ name: archiveFileName(archives.length + 1), entries, bytes: end + trailerBytes });
    entries = [];
    end = 0;
  };
  for (const body of bodies) {
    const headerBytes = headerBytesOf(body);
    const needed = headerBytes + paddedBytes(body.bytes);
    if (needed + trailerBytes > limit && body.kind !== 'file')
      throw blobTooLarge({ ...body, archiveBytes: limit, needed: needed + trailerBytes });
    if (entries.length > 0 && end + needed + trailerBytes > limit) finishArchive();
    entries.push({ ...body, headerOffset: end, offset: end + headerBytes });
    end += needed;
  }
  if (entries.length > 0 || archives.length === 0) finishArchive();
  return { archives, bytes: sumOfBytes(archives) };
}

/** Lays out one archive, as large as its content needs. */
export function planArchive(name: string, content: ArchiveContent): PlannedArchive {
  const { archives } = planArchives({ ...content, archiveSizeBytes: Number.MAX_SAFE_INTEGER });
  return { ...(archives[0] as PlannedArchive), name };
}

/** The bytes of an entry in an archive, header and padding included. */
export function entryBytesOf(entry: PlannedBlob | PlannedLink | PlannedFile): number {
  const body = 'pieces' in entry ? fileBody(entry) : 'name' in entry ? linkBody(entry) : blobBody(entry);
  return headerBytesOf(body) + paddedBytes(body.bytes);
}

/** The blobs of an archive, or of several. */
export function blobsIn(
  ...archives: readonly Pick<PlannedArchive, 'entries'>[]
): Extract<PlannedEntry, { readonly kind: 'blob' }>[] {
  return archives.flatMap(({ entries }) => entries.filter((entry) => entry.kind === 'blob'));
}

function bodiesOf({ links, blobs, files = [] }: ArchiveContent): EntryBody[] {
  return [
    ...[...links].sort((a, b) => (a.name < b.name ? -1 : 1)).map(linkBody),
    ...[...blobs].sort((a, b) => (a.digest < b.digest ? -1 : 1)).map(blobBody),
    ...[...files].sort((a, b) => (a.name < b.name ? -1 : 1)).map(fileBody),
  ];
}

function linkBody({ name, digest }: PlannedLink): EntryBody {
  return { kind: 'link', name, digest, bytes: digest.length };
}

function blobBody({ digest, bytes }: PlannedBlob): EntryBody {
  return { kind: 'blob', name: blobEntryName(digest), digest, bytes };
}

function fileBody({ name, bytes, pieces }: PlannedFile): EntryBody {
  return { kind: 'file', name, bytes, pieces };
}

function largestIn({ blobs, files = [] }: ArchiveContent): number {
  let largest = 0;
  for (const entry of [...blobs, ...files]) largest = Math.max(largest, entryBytesOf(entry) + trailerBytes);
  return largest;
}

// Names of blobs have the same length, so only a size that needs PAX makes a longer header than this.
const plainHeaderBytes = 512;
const plainBytes = 0o77777777777;

function headerBytesOf(body: EntryBody): number {
  return body.kind === 'blob' && body.bytes <= plainBytes ? plainHeaderBytes : encodeHeader(body).length;
}
