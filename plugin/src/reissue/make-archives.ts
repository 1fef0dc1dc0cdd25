/** Makes archives in the reissue's folder, as planned, from proven blobs. */
import { join } from 'node:path';
import { copyArchive } from '../archive/copy-archive';
import type { HashPool } from '../archive/hashing/hashing';
import type { ReadBackArchive } from '../archive/read-back';
import { entryPieces } from '../archive/read-entry';
import type { VerifiedArchives, HashedArchive } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import { writeArchive } from '../archive/write-archive';
import type { Digest } from '../oci/digest';
import { makeEmptyFolder, removeFile } from '../system/change-folder';
import { impossible } from '../system/errors';
import { namesIn } from '../system/files';
import { inPrivateFolder } from '../system/path-below';
import type { Progress } from '../system/progress';
import { syncFolder } from '../system/sync';
import { rebuildFromFrame } from './frames';
import type { RecordedArchive } from './own-archives';
import type { ArchiveRecipe } from './reissue-plan';
import type { ProvenBlob } from './secure-blobs';

/** Copies of whole archives that were read back while they were made, by their paths. */
export type ProvenCopies = ReadonlyMap<string, ReadBackArchive>;

interface MakeOptions {
  readonly folder: string;
  readonly proven: ReadonlyMap<Digest, ProvenBlob>;
  /** Already made. */
  readonly copies: ProvenCopies;
  readonly pool: HashPool;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Makes the folder, and removes everything that is in it but these copies. */
export async function keepOnly(copies: ProvenCopies, folder: string): Promise<void> {
  if (copies.size === 0) return makeEmptyFolder(inPrivateFolder(folder));
  const paths = (await namesIn(folder)).map((name) => join(folder, name));
  for (const path of paths) if (!copies.has(path)) await removeFile(inPrivateFolder(path));
}

/** Writes every archive into a folder. They are safely on disk when this returns, with the copies that are proven. */
export async function makeArchives(
  recipes: readonly ArchiveRecipe[],
  options: MakeOptions,
): Promise<{ paths: string[]; copies: ProvenCopies }> {
  const { folder, progress } = options;
  const copies = new Map(options.copies);
  const paths: string[] = [];
  for (const recipe of recipes) {
    progress.detail(recipe.name);
    const path = join(folder, recipe.name);
    paths.push(path);
    if (copies.has(path)) {
      progress.advance(recipe.bytes);
    } else if (recipe.how === 'copied') {
      const copy = await copyArchive(recipe.path, path, { ...options, progress: progress.advance });
      if (copy !== undefined) copies.set(path, copy);
    } else {
      await make(recipe, path, options);
    }
  }
  await syncFolder(folder);
  return { paths, copies };
}

type MadeOfBlobs = Exclude<ArchiveRecipe, { readonly how: 'copied' }>;

async function make(recipe: MadeOfBlobs, path: string, { proven, progress, signal }: MakeOptions): Promise<void> {
  const source = (digest: Digest): ProvenBlob => {
    const place = proven.get(digest);
    if (place === undefined) throw impossible(`${digest} must be written, but no place has it`);
    return place;
  };
  const blobPieces = (blob: ProvenBlob) => entryPieces(blob, blob, { signal });
  const run = { signal, progress: progress.advance };
  switch (recipe.how) {
    case 'rebuilt':
      return rebuildFromFrame(recipe.frame, path, { ...run, blob: (digest) => blobPieces(source(digest)) });
    case 'composed':
      await writeArchive(path, recipe.archive, { ...run, source });
  }
}

interface ReadBackOptions {
  readonly copies: ProvenCopies;
  /** The archives as they were sealed. */
  readonly sealed: readonly RecordedArchive[];
  readonly pool: HashPool;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Reads back every byte that was written, and was not read back meanwhile. */
export function readBack(
  paths: readonly string[],
  { copies, sealed, pool, progress, signal }: ReadBackOptions,
): Promise<VerifiedArchives<HashedArchive>> {
  const knownSums = new Map(
    sealed.flatMap(({ frame_sha256: frame, sha256 }) => (frame === undefined ? [] : [[frame, sha256] as const])),
  );
  const hash = 'blobs and files';
  return verifyArchives(paths, { hash, readBack: copies, knownSums, pool, signal, progress: progress.advance });
}
