/** Makes archives in the reissue's folder, by the plan, out of blobs that were proven. */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import { writeFully } from '../archive/positional-io';
import { entryPieces } from '../archive/read-entry';
import type { VerifiedArchives, HashedArchive } from '../archive/verify';
import { verifyArchives } from '../archive/verify';
import { writeArchive } from '../archive/write-archive';
import type { Digest } from '../oci/digest';
import { syncFolder } from '../system/atomic-file';
import { impossible } from '../system/errors';
import type { Progress } from '../system/progress';
import { rebuildFromFrame } from './frames';
import type { ArchiveRecipe } from './reissue-plan';
import type { ProvenBlob } from './secure-blobs';

interface MakeOptions {
  readonly folder: string;
  readonly proven: ReadonlyMap<Digest, ProvenBlob>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Writes every archive into a folder that holds nothing else, on disk for good when this returns. */
export async function makeArchives(makings: readonly ArchiveRecipe[], options: MakeOptions): Promise<string[]> {
  const { folder } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const making of makings) {
    options.progress.detail(making.name);
    const path = join(folder, making.name);
    await make(making, path, options);
    paths.push(path);
  }
  await syncFolder(folder);
  return paths;
}

async function make(making: ArchiveRecipe, path: string, { proven, progress, signal }: MakeOptions): Promise<void> {
  const source = (digest: Digest): ProvenBlob => {
    const place = proven.get(digest);
    if (place === undefined) throw impossible(`${digest} is to be written and was not had`);
    return place;
  };
  const blobPieces = (blob: ProvenBlob) => entryPieces(blob, blob, { signal });
  const run = { signal, progress: progress.advance };
  switch (making.how) {
    case 'copied':
      return copyInto(path, making, { progress, signal });
    case 'rebuilt':
      return rebuildFromFrame(making.frame, path, { ...run, blob: (digest) => blobPieces(source(digest)) });
    case 'composed':
      await writeArchive(path, making.archive, { ...run, source });
  }
}

/** A copy with bytes of its own: what damages the one leaves the other alone. */
async function copyInto(
  to: string,
  { path, bytes }: { path: string; bytes: number },
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<void> {
  const file = await open(to, 'w', 0o644);
  try {
    let at = 0;
    for await (const piece of entryPieces({ path }, { offset: 0, bytes }, { signal })) {
      await writeFully(file, piece, at);
      at += piece.length;
      progress.advance(piece.length);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Reads back what was written, every byte. */
export function readBack(
  paths: readonly string[],
  { pool, progress, signal }: { pool: HashPool; progress: Progress; signal: AbortSignal },
): Promise<VerifiedArchives<HashedArchive>> {
  return verifyArchives(paths, { hash: 'blobs and files', pool, signal, progress: progress.advance });
}
