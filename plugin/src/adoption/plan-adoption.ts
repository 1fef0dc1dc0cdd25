/**
 * Reads and verifies folders that others filled, and plans their place in the chain. Changes nothing; `applyAdoption`
 * carries out the plan.
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { startHashPool } from '../archive/hashing/hashing';
import type { ForeignSet } from '../foreign/foreign-set';
import { readForeignSet } from '../foreign/foreign-set';
import type { SourceFolder, SourceFolders } from '../foreign/source-folders';
import { findSourceFolders, isSameFile } from '../foreign/source-folders';
import { storeFolder } from '../mirror/data-directory';
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { forPeople, openMirror } from '../mirror/mirror';
import type { Run } from '../mirror/run';
import { sealStage } from '../mirror/seal-transaction/seal-transaction';
import type { SealedSequence } from '../mirror/sealed-chain';
import { requireUnsignedAllowed } from '../mirror/signing/signing';
import type { ChainEntry } from '../sequence/chain-lock';
import { sumOfBytes } from '../system/byte-size';
import { counted } from '../system/counted';
import { deviceOf } from '../system/disk';
import type { Explanation } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import { printable } from '../system/printable';
import type { ChainToBe } from './chain-to-be';
import { chainToBe } from './chain-to-be';
import { optionsContradict } from './errors';
import type { AdoptedSequence } from './measure';
import { measure } from './measure';
import { placesInChain } from './place-in-chain';

/** How archives come into the store: by a second name, by a copy, or by a move. */
export type TakeMode = 'link' | 'copy' | 'move';

/** The options of `planAdoption`. */
export interface PlanAdoptionOptions extends Run {
  readonly location: MirrorLocation;
  /** The folder to adopt from. An absolute path. */
  readonly source: string;
  readonly taking: TakeMode;
  /** Only if there is a single sequence. */
  readonly name?: string | undefined;
  /** An imageset configuration, if none of the folders has one. An absolute path. */
  readonly config?: string | undefined;
  /** Accept it although signers are configured; archives that others made have no signature. */
  readonly allowUnsigned?: boolean | undefined;
}

export interface RefusedFolder {
  readonly name: string;
  readonly reason: Explanation;
  /** The folders after it, which would take its number. */
  readonly waiting: readonly string[];
}

/** What `planAdoption` verified, and what `applyAdoption` would do with it. */
export interface AdoptionPlan {
  readonly location: MirrorLocation;
  readonly mirror: string;
  /** Its name for people. */
  readonly source: string;
  readonly taking: TakeMode;
  readonly name: string | undefined;
  /** Signatures are required here, but a person has accepted it without one. */
  readonly isUnsigned: boolean;
  readonly now: Date;
  /** What was verified, in case an earlier run has to be finished first. */
  readonly verified: readonly ForeignSet[];
  readonly sequences: readonly AdoptedSequence[];
  /** Sealed already, from these same archives. */
  readonly already: readonly { readonly source: SourceFolder; readonly folder: string }[];
  /** The first folder that is refused. None after it is adopted, so that the order stays. */
  readonly refused: RefusedFolder | undefined;
  readonly notes: readonly string[];
}

/**
 * Reads and verifies archives that others made, and says what they would be in the chain. Writes nothing.
 *
 * @throws SEQ0246 when there is nothing to adopt, SEQ0250 when the chain has no place for it, SEQ0254 for options that
 *   contradict each other, SEQ0626 where signatures count and nobody has allowed what has none; what is wrong with a folder itself is in the plan
 *
 * @example
 * ```ts
 * const plan = await planAdoption({ ...run, location, source: '/srv/old/content', taking: 'link' });
 * console.log(plan.sequences.length, plan.refused?.name);
 * ```
 */
export async function planAdoption(options: PlanAdoptionOptions): Promise<AdoptionPlan> {
  const { location, source, taking, name, config, allowUnsigned, progress, signal, now } = options;
  const mirror = await openMirror(location);
  const isUnsigned = await requireUnsignedAllowed(mirror, { what: forPeople(mirror, source), allowUnsigned });
  const chain = await chainToBe(mirror);
  const found = await withoutSealed(mirror, chain, await findSourceFolders(source));
  if (found.folders.length + found.refused.length > 1 && (name !== undefined || config !== undefined)) {
    throw optionsContradict({
      what: `--${name === undefined ? 'config' : 'name'} is possible for one sequence only, but this folder has ${found.folders.length + found.refused.length}`,
      next: 'Give only the folder of the sequence that you mean',
    });
  }
  const pool = startHashPool();
  const verified: ForeignSet[] = [];
  const already = await alreadySealed(mirror, chain, found.folders);
  let refused: RefusedFolder | undefined;
  try {
    for (const [index, folder] of found.folders.entries()) {
      refused ??= refusedBefore(found, index);
      if (refused !== undefined) break;
      if (already.some((known) => known.source === folder)) continue;
      progress.step('verify');
      progress.total(sumOfBytes(folder.archives));
      progress.detail(folder.name);
      try {
        const proven = await readForeignSet(folder, {
          pool,
          signal,
          progress,
          givenConfig: config,
          shown: (path) => forPeople(mirror, path),
        });
        const twin = chain.sealed.find((sequence) => hasArchives(sequence, proven));
        if (twin === undefined) verified.push(proven);
        else already.push({ source: folder, folder: twin.entry.folder });
        progress.done(
          `${printable(folder.name)}: ${counted(proven.blobs.length, 'undamaged blob')} in ${counted(proven.archives.length, 'archive')}`,
        );
      } catch (error) {
        if (!isSeqmirrorError(error)) throw error;
        refused = { name: folder.name, reason: error, waiting: namesBehind(found, index + 1) };
      }
    }
    refused ??= refusedBefore(found, found.folders.length);
  } finally {
    await pool.close();
  }
  const plan: Omit<AdoptionPlan, 'sequences'> = {
    location,
    mirror: mirror.name,
    source: forPeople(mirror, source),
    taking,
    name,
    isUnsigned,
    now: now(),
    verified,
    already,
    refused,
    notes: [...found.notes, ...chain.pending.map(stopped), ...(await reachOf(mirror, taking, verified))],
  };
  return { ...plan, sequences: await arrange(mirror, plan) };
}

/** Arranges the verified folders in the chain as it is now. */
export async function arrange(
  mirror: Mirror,
  { verified, name, isUnsigned, now }: Pick<AdoptionPlan, 'verified' | 'name' | 'isUnsigned' | 'now'>,
): Promise<AdoptedSequence[]> {
  const chain = await chainToBe(mirror);
  const before = [...chain.sealed];
  const places = placesInChain(
    verified.map(({ folder, original }) => ({ folder, original })),
    {
      mirror: mirror.name,
      content: await realpath(mirror.content).catch(() => mirror.content),
      sealed: before.map(({ entry }) => entry),
      folders: chain.folders,
      name,
    },
  );
  const sequences: AdoptedSequence[] = [];
  for (const [index, place] of places.entries()) {
    const measured = measure(verified[index] as ForeignSet, { place, before, isUnsigned, now });
    sequences.push(measured.sequence);
    before.push(measured.sealed);
  }
  return sequences;
}

/** Problems in a sealed sequence's own folder do not matter here: its archives may be symbolic links. */
async function withoutSealed(mirror: Mirror, { sealed }: ChainToBe, found: SourceFolders): Promise<SourceFolders> {
  const content = await realpath(mirror.content).catch(() => mirror.content);
  const own = new Set(sealed.map(({ entry }) => join(content, entry.folder)));
  return { ...found, refused: found.refused.filter(({ path }) => !own.has(path)) };
}

async function alreadySealed(
  mirror: Mirror,
  { sealed }: ChainToBe,
  folders: readonly SourceFolder[],
): Promise<{ source: SourceFolder; folder: string }[]> {
  const content = await realpath(mirror.content).catch(() => mirror.content);
  const already: { source: SourceFolder; folder: string }[] = [];
  for (const source of folders) {
    for (const { entry } of sealed) {
      const isItself = source.path === join(content, entry.folder);
      if (isItself || (await isHeld(mirror, entry, source))) already.push({ source, folder: entry.folder });
    }
  }
  return already;
}

/** Hard links of archives in store or stage are recognised without hashing them. */
async function isHeld(mirror: Mirror, { folder, seal }: ChainEntry, { archives }: SourceFolder): Promise<boolean> {
  for (const held of [storeFolder(mirror.data, folder, seal), sealStage(mirror.data, folder).archives]) {
    const same = await Promise.all(archives.map((file) => isSameFile(join(held, file.name), file)));
    if (same.length > 0 && same.every((each) => each)) return true;
  }
  return false;
}

/** Whether a sequence was sealed from these same archives. */
export function hasArchives({ metadata }: SealedSequence, { archives }: ForeignSet): boolean {
  return (
    metadata.archives.length === archives.length &&
    metadata.archives.every(({ name, sha256 }) =>
      archives.some((one) => one.file.name === name && one.sha256 === sha256),
    )
  );
}

/** Whether a hard link is known to be impossible, which is reported before anything is done. */
async function reachOf(mirror: Mirror, taking: TakeMode, verified: readonly ForeignSet[]): Promise<string[]> {
  const device = await deviceOf(mirror.data.root);
  const far = verified.some(({ archives }) => archives.some(({ file }) => file.device !== device));
  if (taking !== 'link' || !far) return [];
  return ['The archives are on another file system than the data directory: add --copy or --move'];
}

function stopped(folder: string): string {
  return `An earlier run was stopped while it sealed ${folder}; seqmirror finishes that run first`;
}

function refusedBefore(found: SourceFolders, index: number): RefusedFolder | undefined {
  const first = found.refused.find(({ before }) => before === index);
  return first === undefined
    ? undefined
    : { name: first.name, reason: first.error, waiting: namesBehind(found, index) };
}

function namesBehind({ folders }: SourceFolders, index: number): string[] {
  return folders.slice(index).map(({ name }) => name);
}
