/**
 * Puts archives that were made again in the place of those that were lost. All that is needed lies in the reissue's
 * folder by then, verified and fsynced, and `commit.json` says so; every step can be done again:
 *
 *   1. commit.json                            crash before: nothing has changed, the next reissue begins anew
 *   2. archives, each by rename into the store, and their frames; what the new packaging no longer has goes
 *   3. links to them in the sequence's folder
 *   4. records, each by rename; seq-metadata.yaml the last
 *   5. the reissue's folder goes, commit.json first
 *
 * A crash from 1 on leaves a commit, which the next reissue finishes before it looks at anything. The seal and chain.lock
 * are never written: what is sealed does not depend on how it is packaged.
 */
import { chmod, link, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { DataDirectory } from '../mirror/data-directory';
import { framesFolder, storeFolder } from '../mirror/data-directory';
import { frameFiles, stagedFramesFolder } from '../mirror/frames';
import type { Mirror } from '../mirror/mirror';
import { sequencePath } from '../mirror/mirror';
import { recordNames } from '../mirror/records';
import type { ChainEntry } from '../sequence/chain-lock';
import { Seal } from '../sequence/seal';
import { syncFolder, writeFileAtomically } from '../system/atomic-file';
import { systemErrorCode } from '../system/errors';
import { valueOfJson } from '../system/json-text';
import { readTextIfThere } from '../system/text-file';

const ArchiveName = z.string().regex(/^mirror_\d{6}\.tar$/);

// Files are written and removed by what stands here, so every name is one that this program gives.
const ownNames: readonly string[] = [recordNames.sums, recordNames.metadata, recordNames.custody];

export const ReissueCommit = z.strictObject({
  schema: z.literal('seqmirror/v1'),
  entry: z.strictObject({ number: z.int().positive(), folder: z.string(), seal: Seal }),
  /** All archives of the sequence when it is done. */
  archives: z.array(ArchiveName),
  /** Archives that the packaging had before and has no more. */
  removed: z.array(ArchiveName),
  /** Names in `records/`, in the order in which they are to appear. */
  records: z.array(z.string().refine((name) => ownNames.includes(name))),
});
export type ReissueCommit = z.infer<typeof ReissueCommit>;

export interface ReissueFolder {
  readonly root: string;
  /** Blobs that were fetched, by their hex digits. */
  readonly blobs: string;
  readonly archives: string;
  readonly frames: string;
  readonly records: string;
  readonly commit: string;
}

/** Not in `stage/`, where whatever takes the mirror's lock clears up what belongs to sealed sequences. */
export function reissueFolder(data: DataDirectory, folder: string, seal: Seal): ReissueFolder {
  const root = join(data.root, 'reissue', `${folder}.${seal.slice('sha256:'.length, 'sha256:'.length + 12)}`);
  return {
    root,
    blobs: join(root, 'blobs'),
    archives: join(root, 'archives'),
    frames: stagedFramesFolder(root),
    records: join(root, 'records'),
    commit: join(root, 'commit.json'),
  };
}

/** The point of no return. */
export async function commitReissue(at: ReissueFolder, commit: ReissueCommit): Promise<void> {
  await writeFileAtomically(at.commit, `${JSON.stringify(commit, null, 2)}\n`);
}

/**
 * Finishes what a killed reissue had committed itself to. What is no commit for this sequence as it is sealed now is thrown
 * away: whatever is still wrong is found when its archives are looked at.
 *
 * @returns whether there was something to finish
 */
export async function finishReissue(mirror: Mirror, entry: ChainEntry, at: ReissueFolder): Promise<boolean> {
  const text = await readTextIfThere(at.commit);
  if (text === undefined) return false;
  const { data: commit } = ReissueCommit.safeParse(valueOfJson(text));
  if (commit?.entry.folder !== entry.folder || commit.entry.seal !== entry.seal) {
    await removeReissue(at);
    return false;
  }
  await swapIn(mirror, at, commit);
  return true;
}

/** Steps 2 to 5. @returns how the archives appear in the sequence's folder */
export async function swapIn(
  mirror: Mirror,
  at: ReissueFolder,
  { entry, archives, removed, records }: ReissueCommit,
): Promise<'linked' | 'symlinked'> {
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  await mkdir(store, { recursive: true });
  for (const name of await readdir(at.archives).catch(() => [] as string[])) {
    await chmod(join(at.archives, name), 0o444);
    await rename(join(at.archives, name), join(store, name));
  }
  const frames = framesFolder(mirror.data, entry.folder, entry.seal);
  await mkdir(frames, { recursive: true });
  for (const name of await readdir(at.frames).catch(() => [] as string[])) {
    await rename(join(at.frames, name), join(frames, name));
  }
  for (const name of removed) {
    await rm(join(store, name), { force: true });
    for (const frame of frameFiles(mirror.data, entry.folder, { archive: name, seal: entry.seal })) {
      await rm(frame, { force: true });
    }
  }
  await syncFolder(store);
  await syncFolder(frames);
  const appearance = await linkFromStore(mirror, { ...entry, archives, removed });
  for (const name of records) {
    await writeFileAtomically(sequencePath(mirror, entry.folder, name), await readFile(join(at.records, name)));
  }
  await removeReissue(at);
  return appearance;
}

export async function removeReissue(at: ReissueFolder): Promise<void> {
  await rm(at.commit, { force: true });
  await rm(at.root, { recursive: true, force: true });
}

/** Lets each archive of the store appear in the sequence's folder, in the place of whatever has its name there. */
export async function linkFromStore(
  mirror: Mirror,
  {
    folder,
    seal,
    archives,
    removed = [],
  }: { folder: string; seal: Seal; archives: readonly string[]; removed?: readonly string[] | undefined },
): Promise<'linked' | 'symlinked'> {
  const store = storeFolder(mirror.data, folder, seal);
  const content = sequencePath(mirror, folder);
  for (const name of removed) await rm(join(content, name), { force: true });
  let appearance: 'linked' | 'symlinked' = 'linked';
  for (const name of archives) {
    const [from, to] = [join(store, name), join(content, name)];
    if (await isSameFile(from, to)) continue;
    // By way of another name, so that at no moment there is none.
    const aside = join(content, `.${name}.tmp`);
    await rm(aside, { force: true });
    try {
      await link(from, aside);
    } catch (error) {
      if (systemErrorCode(error) !== 'EXDEV') throw error;
      await symlink(from, aside);
      appearance = 'symlinked';
    }
    await rename(aside, to);
  }
  await syncFolder(content);
  return appearance;
}

/** Names of one file, or a symbolic link to it. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}
