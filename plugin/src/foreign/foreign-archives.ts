/** What archives that others made hold, as far as it is sound. */
import type { ArchiveIndex } from '../archive/archive-index';
import type { HashPool } from '../archive/hashing/hashing';
import { readManifests } from '../archive/manifests';
import type { VerifiedArchives } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import type { Progress } from '../system/progress';
import { readPartialIndex } from './partial-index';

export interface ReadArchives {
  readonly pool: HashPool;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface ForeignArchives extends Pick<VerifiedArchives, 'blobs' | 'links' | 'findings'> {
  /** The whole archives. */
  readonly archives: readonly { readonly name: string; readonly sha256: string; readonly frameSha256: string }[];
  /** Indexes of all archives; those of cut archives go as far as the archive does. */
  readonly indexes: readonly ArchiveIndex[];
}

/**
 * Reads and hashes everything. If an archive is cut or broken, the part before that place is read too, as far as it is
 * sound.
 */
export async function readForeignArchives(
  paths: readonly string[],
  { pool, signal, progress }: ReadArchives,
): Promise<ForeignArchives> {
  const verified = await verifyArchives(paths, {
    pool,
    hash: 'blobs and files',
    signal,
    progress: progress.advance,
  });
  const whole = verified.archives.map(({ index }) => index);
  const broken = paths.filter((path) => !whole.some((index) => index.path === path));
  if (broken.length === 0) return { ...verified, indexes: whole };
  const partial: ArchiveIndex[] = [];
  const blobs = new Map(verified.blobs.map((blob) => [blob.digest, blob]));
  for (const path of broken) {
    const index = await readPartialIndex(path, { signal });
    partial.push(index);
    const places = [...index.blobs];
    const digests = await pool.digestsOf(
      path,
      places.map(([, place]) => place),
      { signal },
    );
    places.forEach(([digest, { bytes }], at) => {
      if (digests[at] === digest && !blobs.has(digest)) blobs.set(digest, { digest, bytes });
    });
  }
  const indexes = [...whole, ...partial];
  const unsound = new Set(indexes.flatMap((index) => [...index.blobs.keys()]).filter((digest) => !blobs.has(digest)));
  const read = await readManifests(indexes, { except: unsound, signal });
  for (const [digest, record] of read.manifests) if (blobs.has(digest)) blobs.set(digest, record);
  const links = new Map(
    [...verified.links, ...partial.flatMap((index) => index.links)].map((link) => [link.name, link]),
  );
  return {
    archives: verified.archives,
    blobs: [...blobs.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    links: [...links.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    findings: verified.findings,
    indexes,
  };
}
