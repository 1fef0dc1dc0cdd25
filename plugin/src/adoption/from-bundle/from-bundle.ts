/**
 * Restores the records of a chain from a bundle when Git was lost: chain.lock, the committed files of each sequence, and
 * the record of the transfer that the bundle was.
 * Planning reads and verifies. Applying seals nothing: it puts sealed records in their place, one sequence after the
 * other, as after mirroring, so that after a kill at any moment the next run finishes. Existing files are never
 * overwritten.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { startHashPool } from '../../archive/hashing/hashing';
import { bundleEnvFile, parseBundleEnv } from '../../bundle-format/bundle-env';
import { readBundleChain } from '../../bundle-format/bundle-folder';
import type { BundleStatement } from '../../bundle-format/bundle-statement';
import { checkBundleVolume, isBundleVolume } from '../../bundle-format/bundle-volume';
import { bundleOlder, bundleUnlikeStatement, notABundle } from '../../bundle-format/errors';
import { uploadFilesOf, writeUploadFiles } from '../../bundle-format/upload-files';
import type { Mirror, MirrorLocation } from '../../mirror/mirror';
import {
  forPeople,
  openMirror,
  readChain,
  requireSoundLock,
  sequencePath,
  settingsFileName,
  inTree,
} from '../../mirror/mirror';
import { recordNames } from '../../mirror/records';
import type { Run } from '../../mirror/run';
import type { ArchiveAppearance } from '../../mirror/seal-transaction/seal-transaction';
import { applyTransaction, removeStage, sealStage } from '../../mirror/seal-transaction/seal-transaction';
import {
  ensureCanSign,
  headSeen,
  rememberHead,
  requireChainSignature,
  requireUnsignedAllowed,
} from '../../mirror/signing/signing';
import { writeTransferOf } from '../../mirror/sites/sites';
import { withMirrorLock } from '../../mirror/with-mirror-lock';
import type { DestinationImage } from '../../push/destination-images';
import type { ChainEntry } from '../../sequence/chain-lock';
import { sealedEntry } from '../../sequence/chain-lock';
import { renderCustody } from '../../sequence/custody';
import type { SequenceMetadata } from '../../sequence/metadata';
import { recordLimits } from '../../sequence/record-limits';
import { shortSeal } from '../../sequence/seal';
import { counted } from '../../system/counted';
import { SeqmirrorError } from '../../system/errors';
import { below, readableRoot } from '../../system/path-below';
import { readText, readTextIfThere } from '../../system/text-file';
import { bundleOfOtherMirror, chainsDiffer, filesDiffer, recordNotAFile } from './errors';
import type { HeldOnMedium } from './held-on-medium';
import { custodyOnMedium, heldOnMedium, labelOfMedium } from './held-on-medium';
import type { LostTransfer } from './lost-transfer';
import { lostTransfer } from './lost-transfer';

/** The options of `planRebuild`. */
export interface RebuildOptions extends Run {
  readonly location: MirrorLocation;
  /** The folder with bundle.env. An absolute path. */
  readonly bundle: string;
  /** Accept it without a signature, although signers are configured. */
  readonly allowUnsigned?: boolean | undefined;
  /** Accept it although it has expired, or a newer one was seen. */
  readonly allowOlder?: boolean | undefined;
}

export interface RebuiltSequence {
  readonly entry: ChainEntry;
  /** By name; the last one makes the sequence valid. */
  readonly texts: ReadonlyMap<string, string>;
  readonly metadata: SequenceMetadata;
  /** As they are named where they arrive. */
  readonly images: readonly DestinationImage[];
  /** Which of its blobs are on this medium. */
  readonly held: HeldOnMedium;
}

/** What `planRebuild` verified, and what `applyRebuild` would write. */
export interface RebuildPlan {
  readonly location: MirrorLocation;
  readonly mirror: string;
  /** Its name for people. */
  readonly bundle: string;
  /** The label of the medium. */
  readonly label: string;
  /** Sequences of which something is missing here. */
  readonly sequences: readonly RebuiltSequence[];
  /** Folders of sequences that are complete here already. */
  readonly already: readonly string[];
  /** The transfer that the bundle was; `undefined` for a bundle for no site. */
  readonly transfer: LostTransfer | undefined;
  readonly notes: readonly string[];
}

/**
 * Reads and verifies the records in a bundle, and says which of them are missing here. Writes nothing.
 *
 * @throws SEQ0626 and SEQ0235 for a bundle that is not signed or not whole, SEQ0644 and SEQ0646 for a folder that is not
 *   a bundle or whose seals do not form a chain, SEQ0255 when it is of another mirror or differs from what is here,
 *   SEQ0654 and SEQ0655 for one that is not what was signed, has expired, or is older than what was seen
 *
 * @example
 * ```ts
 * const plan = await planRebuild({ ...run, location, bundle: '/media/disk' });
 * ```
 */
export async function planRebuild({
  location,
  bundle: root,
  allowUnsigned = false,
  allowOlder = false,
  ...run
}: RebuildOptions): Promise<RebuildPlan> {
  const mirror = await openMirror(location);
  const shown = forPeople(mirror, root);
  const text = await readTextIfThere(below(readableRoot(root), bundleEnvFile));
  if (text === undefined || !isBundleVolume([bundleEnvFile, ...(await namesOfSums(root))]))
    throw notABundle({ folder: shown, problem: 'bundle.env or SHA256SUMS is missing' });
  const env = parseBundleEnv(text, join(root, bundleEnvFile));
  const settingsFile = forPeople(mirror, join(mirror.root, settingsFileName));
  if (env.mirror !== mirror.settings.id)
    throw bundleOfOtherMirror({ bundle: shown, theirs: env.mirror, ours: mirror.settings.id, settingsFile });

  const { notes, by, statement } = await verify(root, mirror, { ...run, allowUnsigned, allowOlder });
  const isTakenUnsigned = by === undefined && (await requireUnsignedAllowed(mirror, { what: shown, allowUnsigned }));
  const name = env.bundle ?? env.head.folder;
  const { sequences, all: imagesOfAll } = await readBundleChain(root, { env, name, archives: [] });
  if (statement !== undefined && statement.head.seal !== sequences.at(-1)?.entry.seal)
    throw bundleUnlikeStatement({
      file: shown,
      problems: ['the head in chain/chain.lock is not the one that was signed'],
    });
  if (!allowOlder) await refuseOlder(mirror, env.head, shown);
  const label = await labelOfMedium(root, name);
  const held = await heldOnMedium(root, sequences, run);
  const all: RebuiltSequence[] = [];
  for (const [index, { entry, metadata }] of sequences.entries()) {
    const custody = custodyOnMedium(held.get(entry.number) as HeldOnMedium, {
      ...{ label, now: run.now(), isUnsigned: isTakenUnsigned || (allowUnsigned && notes.length > 0) },
    });
    all.push({
      entry,
      texts: await textsOf(root, entry, renderCustody(custody)),
      metadata,
      images: imagesOfAll[index]?.images ?? [],
      held: held.get(entry.number) as HeldOnMedium,
    });
  }
  const lacking = await lackingHere(mirror, all, shown);
  return {
    location,
    mirror: mirror.name,
    bundle: shown,
    label,
    sequences: lacking,
    already: all.filter((each) => !lacking.includes(each)).map(({ entry }) => entry.folder),
    transfer: await lostTransfer(root, mirror),
    notes,
  };
}

/** Checks every file of the medium against SHA256SUMS, and that against its signature. */
async function verify(
  root: string,
  mirror: Mirror,
  { progress, signal, ...options }: Run & { allowUnsigned: boolean; allowOlder: boolean },
): Promise<{
  /** Notes that are not errors. */ notes: string[];
  by?: string | undefined;
  statement?: BundleStatement | undefined;
}> {
  progress.step('verify');
  const pool = startHashPool();
  try {
    const volume = { depth: 'full' as const, pool, signal, mirror, progress, ...options };
    const { findings, by, statement } = await checkBundleVolume(root, volume);
    const [wrong] = findings.filter(({ severity }) => severity === 'error');
    if (wrong !== undefined) throw new SeqmirrorError(wrong);
    progress.done('every file matches SHA256SUMS');
    return { notes: findings.map(({ what }) => what), by, statement };
  } finally {
    await pool.close();
  }
}

/** @throws SEQ0655 for a bundle whose head is not the newest that was seen */
async function refuseOlder(mirror: Mirror, head: Pick<ChainEntry, 'number' | 'seal'>, bundle: string): Promise<void> {
  const seen = await headSeen(mirror);
  if (seen === undefined || head.number > seen.number || head.seal === seen.seal) return;
  throw bundleOlder({ bundle, head: head.number, seen: seen.number });
}

async function namesOfSums(root: string): Promise<string[]> {
  return (await readTextIfThere(below(readableRoot(root), recordNames.sums), { limit: recordLimits.sums })) ===
    undefined
    ? []
    : [recordNames.sums];
}

const carried = ['config', 'intent', 'pinned', 'inventory', 'sums', 'metadata'] as const;

async function textsOf(root: string, { folder }: ChainEntry, custody: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const key of carried) {
    const name = recordNames[key];
    const file = join(root, 'chain', folder, name);
    const found = await lstat(file).catch(() => undefined);
    if (found === undefined && key === 'intent') continue;
    if (found?.isFile() === false) throw recordNotAFile({ file });
    if (key === 'metadata') texts.set(recordNames.custody, custody);
    texts.set(name, await readText(below(readableRoot(root), file), { limit: recordLimits.inventory }));
  }
  return texts;
}

/**
 * Sequences of which a file or the line in chain.lock is missing.
 *
 * @throws SEQ0255 for files here that differ; custody.yaml is this side's own and may
 */
async function lackingHere(
  mirror: Mirror,
  sequences: readonly RebuiltSequence[],
  bundle: string,
): Promise<RebuiltSequence[]> {
  const chain = await readChain(mirror);
  requireSoundLock(chain);
  const lacking: RebuiltSequence[] = [];
  const different: string[] = [];
  for (const sequence of sequences) {
    const { number, folder, seal } = sequence.entry;
    const there = sealedEntry(chain.lock, number);
    const rival = chain.folders.find((other) => other.number === number && other.folder !== folder)?.folder;
    if ((there !== undefined && (there.seal !== seal || there.folder !== folder)) || rival !== undefined) {
      const ours = there === undefined ? `${rival}` : `${there.folder} (${shortSeal(there.seal)})`;
      throw chainsDiffer({ number, ours, theirs: `${folder} (${shortSeal(seal)})`, bundle });
    }
    let isWhole = there !== undefined;
    for (const [name, text] of sequence.texts) {
      if (name === recordNames.custody) continue;
      const found = await readTextIfThere(inTree(mirror, sequencePath(mirror, folder, name)), {
        limit: recordLimits.inventory,
      });
      if (found === undefined) isWhole = false;
      else if (found !== text) different.push(forPeople(mirror, sequencePath(mirror, folder, name)));
    }
    if (!isWhole) lacking.push(sequence);
  }
  if (different.length > 0) throw filesDiffer({ files: different, bundle });
  return lacking;
}

/** What `applyRebuild` did. */
export interface RebuildOutcome {
  readonly rebuilt: readonly {
    readonly folder: string;
    /** `absent`: not in the store of this machine. */
    readonly archivesAre: ArchiveAppearance;
  }[];
  /** The sites for which the record of the transfer was restored. */
  readonly transferOf: readonly string[];
}

/**
 * Writes the records that were planned, so that the chain is here again.
 *
 * @throws SEQ0203 while another run goes on, SEQ0255 when something has changed since the plan was made, SEQ0625
 *
 * @example
 * ```ts
 * await applyRebuild(await planRebuild({ ...run, location, bundle: '/media/disk' }), run);
 * ```
 */
export async function applyRebuild(plan: RebuildPlan, run: Run): Promise<RebuildOutcome> {
  const mirror = await openMirror(plan.location);
  return withMirrorLock(mirror, { purpose: 'adopt', ...run }, async () => {
    await requireChainSignature(mirror);
    await ensureCanSign(mirror);
    const lacking = await lackingHere(mirror, plan.sequences, plan.bundle);
    const rebuilt: { folder: string; archivesAre: ArchiveAppearance }[] = [];
    run.progress.step('adopt');
    for (const sequence of lacking) {
      run.signal.throwIfAborted();
      rebuilt.push({ folder: sequence.entry.folder, archivesAre: await putInPlace(mirror, sequence) });
    }
    await writeUploadFiles(mirror);
    if (rebuilt.length > 0) await rememberHead(mirror, (await readChain(mirror)).lock);
    const sites = plan.transfer?.sites ?? [];
    for (const site of sites) await writeTransferOf(mirror, site, (plan.transfer as LostTransfer).transfer);
    run.progress.done(counted(rebuilt.length, 'sequence'));
    return { rebuilt, transferOf: sites };
  });
}

async function putInPlace(
  mirror: Mirror,
  { entry, metadata, texts, images }: RebuiltSequence,
): Promise<ArchiveAppearance> {
  const { folder, seal } = entry;
  await removeStage(sealStage(mirror.data, folder));
  const known = await readTextIfThere(inTree(mirror, sequencePath(mirror, folder, recordNames.custody)));
  const lacking = [...texts].filter(([name]) => name !== recordNames.custody || known === undefined);
  // If the data directory outlived its workspace, archives may be in the store; everything else there stays.
  return applyTransaction(mirror, {
    origin: 'bundle',
    folder,
    metadata,
    texts: new Map(lacking),
    uploadFiles: await uploadFilesOf(mirror, { seal, images }),
    removed: [],
    frames: [],
  });
}
