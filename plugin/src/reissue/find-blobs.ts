/** Finds blobs on this machine without reading them: in archives, caches, and what an earlier reissue fetched. */
import { join } from 'node:path';
import { isArchiveName } from '../archive/names';
import { salvageBlobs } from '../archive/salvage';
import { engines } from '../engine/choose-engine';
import { engineFolder } from '../mirror/data-directory';
import type { Mirror } from '../mirror/mirror';
import type { Digest } from '../oci/digest';
import { hexOf } from '../oci/digest';
import { bytesOfFile, entriesIn, namesIn } from '../system/files';
import type { BlobCandidate, WantedBlob } from './wanted-blobs';

export interface ArchiveSource {
  readonly path: string;
  readonly kind: 'copy' | 'chain';
  readonly where: string;
  /** Blobs in it that are known to be damaged, and are not offered. */
  readonly damaged?: ReadonlySet<Digest> | undefined;
}

/** The places that may hold wanted blobs, in the order in which they are tried. Places of another size are left out. */
export async function findBlobs(
  mirror: Mirror,
  wanted: ReadonlyMap<Digest, WantedBlob>,
  { archives, fetched, signal }: { archives: readonly ArchiveSource[]; fetched: string; signal: AbortSignal },
): Promise<Map<Digest, BlobCandidate[]>> {
  const candidates = new Map<Digest, BlobCandidate[]>([...wanted.keys()].map((digest) => [digest, []]));
  if (wanted.size === 0) return candidates;
  const offer = (digest: Digest, candidate: BlobCandidate): void => {
    if (wanted.get(digest)?.bytes === candidate.bytes) candidates.get(digest)?.push(candidate);
  };
  const offerFile = async (digest: Digest, file: Omit<BlobCandidate, 'offset' | 'bytes'>): Promise<void> => {
    const bytes = await bytesOfFile(file.path);
    if (bytes !== undefined) offer(digest, { ...file, offset: 0, bytes });
  };
  const offerArchive = async ({
    path,
    kind,
    where,
    damaged,
  }: Omit<BlobCandidate, 'offset' | 'bytes'> & Pick<ArchiveSource, 'damaged'>): Promise<void> => {
    for (const [digest, place] of await salvageBlobs(path, { signal })) {
      if (damaged?.has(digest) !== true) offer(digest, { ...place, path, kind, where });
    }
  };

  for (const digest of wanted.keys()) {
    await offerFile(digest, { path: join(fetched, hexOf(digest)), kind: 'stage', where: 'an earlier reissue' });
  }
  for (const archive of archives) await offerArchive(archive);
  for (const engine of engines) {
    const kept = engine.kept(engineFolder(mirror.data, engine.folder));
    if (kept === undefined) continue;
    for (const digest of wanted.keys())
      await offerFile(digest, { path: kept.blobPath(digest), kind: 'cache', where: kept.blobsAre });
  }
  for (const stage of await stagesOf(mirror)) {
    const where = "an engine's stage";
    for (const digest of wanted.keys()) {
      await offerFile(digest, { path: join(stage, 'manifests', hexOf(digest)), kind: 'cache', where });
    }
    for (const path of await archivesBelow(stage)) await offerArchive({ path, kind: 'cache', where });
  }
  return candidates;
}

/** Where engines keep half-done work on sequences that are not sealed yet. */
async function stagesOf(mirror: Mirror): Promise<string[]> {
  const stages = join(mirror.data.root, 'stage');
  return (await namesIn(stages)).map((name) => join(stages, name, 'engine'));
}

async function archivesBelow(stage: string): Promise<string[]> {
  const entries = await entriesIn(stage, { recursive: true });
  return entries
    .filter((entry) => entry.isFile() && isArchiveName(entry.name.replace(/\.partial$/, '')))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
