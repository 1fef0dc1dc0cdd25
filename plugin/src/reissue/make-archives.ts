/** Makes archives in the reissue's folder, as planned, from proven blobs. */
import { join } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import { writePlaces } from '../archive/positional-io';
import { entryPieces } from '../archive/read-entry';
import type { VerifiedArchives, HashedArchive } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import { writeArchive } from '../archive/write-archive';
import type { Digest } from '../oci/digest';
import { makeEmptyFolder } from '../system/change-folder';
import { impossible } from '../system/errors';
import { inPrivateFolder } from '../system/path-below';
import type { Progress } from '../system/progress';
import { syncFolder } from '../system/sync';
import { rebuildFromFrame } from './frames';
import type { ArchiveRecipe } from './reissue-plan';
import type { ProvenBlob } from './secure-blobs';

interface MakeOptions {
  readonly folder: string;
  readonly proven: ReadonlyMap<Digest, ProvenBlob>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Writes every archive into a folder that holds nothing else. They are safely on disk when this returns. */
export async function makeArchives(recipes: readonly ArchiveRecipe[], options: MakeOptions): Promise<string[]> {
  const { folder } = options;
  await makeEmptyFolder(inPrivateFolder(folder));
  const paths: string[] = [];
  for (const recipe of recipes) {
    options.progress.detail(recipe.name);
    const path = join(folder, recipe.name);
    await make(recipe, path, options);
    paths.push(path);
  }
  await syncFolder(folder);
  return paths;
}

async function make(recipe: ArchiveRecipe, path: string, { proven, progress, signal }: MakeOptions): Promise<void> {
  const source = (digest: Digest): ProvenBlob => {
    const place = proven.get(digest);
    if (place === undefined) throw impossible(`${digest} must be written, but no place has it`);
    return place;
  };
  const blobPieces = (blob: ProvenBlob) => entryPieces(blob, blob, { signal });
  const run = { signal, progress: progress.advance };
  switch (recipe.how) {
    case 'copied': {
      // A copy with its own bytes, so that damage to one does not affect the other.
      const pieces = entryPieces(recipe, { offset: 0, bytes: recipe.bytes }, { signal });
      return writePlaces(path, [{ offset: 0, pieces }], progress.advance);
    }
    case 'rebuilt':
      return rebuildFromFrame(recipe.frame, path, { ...run, blob: (digest) => blobPieces(source(digest)) });
    case 'composed':
      await writeArchive(path, recipe.archive, { ...run, source });
  }
}

/** Reads back every byte that was written. */
export function readBack(
  paths: readonly string[],
  { pool, progress, signal }: { pool: HashPool; progress: Progress; signal: AbortSignal },
): Promise<VerifiedArchives<HashedArchive>> {
  return verifyArchives(paths, { hash: 'blobs and files', pool, signal, progress: progress.advance });
}
