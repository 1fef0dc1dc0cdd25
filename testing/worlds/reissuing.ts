/** A world whose archives are lost and damaged, and reissued. */
import { chmod, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSealed } from '../../plugin/src/mirror/check-sealed';
import { storeFolder } from '../../plugin/src/mirror/data-directory';
import { openMirror, readChain } from '../../plugin/src/mirror/mirror';
import type { ReissueOptions, ReissueOutcome } from '../../plugin/src/reissue/reissue';
import { reissueSequence } from '../../plugin/src/reissue/reissue';
import { sealedEntry } from '../../plugin/src/sequence/chain-lock';
import { silentProgress } from '../../plugin/src/system/progress';
import type { World } from './world';

export const archiveName = 'mirror_000001.tar';

export function reissue(world: World, folder: string, options: Partial<ReissueOptions> = {}): Promise<ReissueOutcome> {
  return reissueSequence({
    location: world.location,
    folder,
    dryRun: false,
    from: [],
    progress: silentProgress,
    signal: new AbortController().signal,
    now: () => new Date('2026-11-24T07:00:00Z'),
    ...options,
  });
}

/** Reissues and expects that it had to. */
export async function reissued(
  world: World,
  folder: string,
  options: Partial<ReissueOptions> = {},
): Promise<Extract<ReissueOutcome, { kind: 'reissued' }>> {
  const outcome = await reissue(world, folder, options);
  if (outcome.kind !== 'reissued') throw new Error(`${folder} was ${outcome.kind}`);
  return outcome;
}

/** The archive in the store, and in the sequence's folder. */
export async function pathsOf(world: World, folder: string, name = archiveName): Promise<[string, string]> {
  const mirror = await openMirror(world.location);
  const { lock } = await readChain(mirror);
  const entry = lock.entries.find((known) => known.folder === folder && known.state === 'sealed');
  if (entry === undefined) throw new Error(`${folder} is not sealed`);
  const store = storeFolder(mirror.data, folder, entry.seal);
  return [join(store, name), join(mirror.root, 'content', folder, name)];
}

export async function archiveOf(world: World, folder: string, name = archiveName): Promise<Buffer> {
  const [stored, linked] = await pathsOf(world, folder, name);
  const [a, b] = await Promise.all([readFile(stored), readFile(linked)]);
  if (!a.equals(b)) throw new Error(`${folder} is not the same in the store and in its folder`);
  return a;
}

/** Removes both names of an archive. */
export async function lose(world: World, folder: string, name = archiveName): Promise<void> {
  for (const path of await pathsOf(world, folder, name)) await rm(path, { force: true });
}

export async function loseFrames(world: World): Promise<void> {
  await rm(join(world.data, 'frames'), { recursive: true, force: true });
}

/** Flips one bit of an archive, wherever it is linked. */
export async function flip(world: World, folder: string, offset: number): Promise<void> {
  const [stored] = await pathsOf(world, folder);
  await chmod(stored, 0o644);
  const file = await open(stored, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await file.write(byte, 0, 1, offset);
  } finally {
    await file.close();
    await chmod(stored, 0o444);
  }
}

/** Throws unless records, chain.lock and seal still belong together. */
export async function sealStands(world: World, folder: string): Promise<string> {
  const mirror = await openMirror(world.location);
  const chain = await readChain(mirror);
  const entry = chain.lock.entries.find((known) => known.folder === folder);
  const sealed = sealedEntry(chain.lock, entry?.number ?? 0);
  if (sealed === undefined) throw new Error(`${folder} is not sealed`);
  return (await checkSealed(mirror, chain, sealed)).seal;
}
