import { join } from 'node:path';
import { checkSealed } from '../mirror/check-sealed';
import type { CheckedRecords } from '../mirror/checked-records';
import { openCheckedRecords, questionAbout } from '../mirror/checked-records';
import { storeFolders } from '../mirror/data-directory';
import { findingOfLeftOver, leftOversIn } from '../mirror/left-overs';
import type { Chain, Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain, sequencePath } from '../mirror/mirror';
import { checkPlaceInChain } from '../mirror/place-in-chain';
import { readCustodyIfThere, readIntent, readMetadataIfThere } from '../mirror/records';
import type { UnfinishedWork } from '../mirror/unfinished-work';
import { unfinishedWorkIn } from '../mirror/unfinished-work';
import { sealedEntry } from '../sequence/chain-lock';
import type { SequenceFolder } from '../sequence/folder';
import type { SequenceMetadata } from '../sequence/metadata';
import { sumOfBytes } from '../system/byte-size';
import type { Finding } from '../system/errors';
import { findingOf, isSeqmirrorError } from '../system/errors';
import { isFile } from '../system/files';
import { readLock } from '../system/lock';
import { ClosureSizes } from './closure-sizes';

/** `foreign`: made by the original script, and not adopted yet. */
export type ListedState = 'planned' | 'mirroring' | 'sealed' | 'foreign' | 'broken';

/** One sequence of a mirror, from its records. */
export interface ListedSequence {
  readonly number: number;
  readonly folder: string;
  readonly description: string;
  readonly state: ListedState;
  /** Only for sealed sequences. */
  readonly sealed?:
    | {
        readonly timestamp: string;
        readonly seal: string;
        readonly type: 'baseline' | 'differential';
        readonly images: number;
        readonly newBlobs: number;
        /** The bytes of the archives of this sequence. */
        readonly bytes: number;
        /** The bytes of the smallest set of archives that a new site needs. */
        readonly cumulativeBytes: number;
        readonly needs: readonly string[];
        /**
         * `store`: in the data directory; `folder`: only in the sequence's folder; `retired`: not on this machine, because
         * prune retired the sequence; `elsewhere`: not on this machine.
         */
        readonly archives: 'store' | 'folder' | 'retired' | 'elsewhere';
        /** The bytes of all blobs of its images: the size of a complete archive, without working-dir. */
        readonly closureBytes: number;
      }
    | undefined;
  /** The problem of a broken or foreign sequence. */
  readonly problem?: Finding | undefined;
}

/** The result of `listSequences`: the sequences of a mirror, in order, with problems and unfinished work. */
export interface SequenceListing {
  readonly mirror: string;
  readonly sequences: readonly ListedSequence[];
  /** Problems of chain.lock. */
  readonly findings: readonly Finding[];
  /** Folders with the name of a sequence but without its files, which remain after a switch of branches. */
  readonly leftOvers: readonly Finding[];
  /** Unfinished work of stopped runs in the data directory. */
  readonly unfinished: readonly UnfinishedWork[];
  /** The bytes of all archives of the chain. */
  readonly archiveBytes: number;
  /** The bytes of all archives if each sequence were a baseline: the sum of all closures. */
  readonly completeArchivesBytes: number;
}

/**
 * Everything about the chain that people ask for, from records alone. A broken sequence is listed as broken.
 *
 * @example
 * ```ts
 * const { sequences } = await listSequences(location);
 * for (const { folder, state } of sequences) console.log(folder, state);
 * ```
 */
export async function listSequences(location: MirrorLocation): Promise<SequenceListing> {
  const mirror = await openMirror(location);
  const chain = await readChain(mirror);
  const atWork = await purposeOfLock(mirror);
  const sequences: ListedSequence[] = [];
  const records = await openCheckedRecords(mirror);
  const sizes = new ClosureSizes(mirror, records);
  for (const sequence of chain.folders) {
    sequences.push(await listed(mirror, chain, { sequence, sizes, records, atWork }));
  }
  await records.keep();
  const sealed = sequences.flatMap((sequence) => sequence.sealed ?? []);
  return {
    mirror: mirror.name,
    sequences,
    findings: chain.findings,
    leftOvers: (await leftOversIn(mirror, chain)).map(findingOfLeftOver),
    unfinished: await unfinishedWorkIn(mirror, chain),
    archiveBytes: sumOfBytes(sealed),
    completeArchivesBytes: sealed.reduce((sum, { closureBytes }) => sum + closureBytes, 0),
  };
}

interface Listing {
  readonly sequence: SequenceFolder;
  readonly sizes: ClosureSizes;
  readonly records: CheckedRecords;
  readonly atWork: string | undefined;
}

async function listed(
  mirror: Mirror,
  chain: Chain,
  { sequence, sizes, records, atWork }: Listing,
): Promise<ListedSequence> {
  const { number, folder } = sequence;
  const plain = { number, folder, description: '' };
  try {
    const about = questionAbout(mirror, folder, { what: 'description', names: ['intent'] });
    const description = await records.answerTo(about, async () => (await readIntent(mirror, folder)).description);
    const entry = sealedEntry(chain.lock, number);
    if (entry?.folder !== folder) {
      // The sequence has records but no line in chain.lock: a merge lost it.
      if ((await readMetadataIfThere(mirror, folder)) !== undefined) await checkPlaceInChain(mirror, chain, sequence);
      return { ...plain, description, state: atWork === folder ? 'mirroring' : 'planned' };
    }
    const metadata = await checkSealed(mirror, chain, entry, { records });
    return {
      ...plain,
      description: metadata.description,
      state: 'sealed',
      sealed: await factsOf(mirror, sequence, { metadata, sizes }),
    };
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return { ...plain, state: error.code === 'SEQ0245' ? 'foreign' : 'broken', problem: findingOf(error) };
  }
}

async function factsOf(
  mirror: Mirror,
  { folder }: SequenceFolder,
  { metadata, sizes }: { metadata: SequenceMetadata; sizes: ClosureSizes },
): Promise<NonNullable<ListedSequence['sealed']>> {
  const { newBlobs, closureBytes } = await sizes.next(folder);
  const { images, air_gapped_transfer: transfer } = metadata;
  return {
    timestamp: metadata.timestamp,
    seal: metadata.seal,
    type: metadata.content_type,
    images: images.release + images.operator + images.additional + images.helm,
    newBlobs,
    bytes: sumOfBytes(metadata.archives),
    cumulativeBytes: transfer.cumulative_bytes,
    needs: transfer.dependencies,
    archives: await whereArchivesAre(mirror, folder, metadata),
    closureBytes,
  };
}

async function whereArchivesAre(mirror: Mirror, folder: string, metadata: SequenceMetadata) {
  const allIn = async (path: string): Promise<boolean> => {
    const found = await Promise.all(metadata.archives.map(({ name }) => isFile(join(path, name))));
    return found.every((there) => there);
  };
  for (const path of storeFolders(mirror.data, folder, metadata)) if (await allIn(path)) return 'store';
  if (await allIn(sequencePath(mirror, folder))) return 'folder';
  return (await readCustodyIfThere(mirror, folder))?.state === 'retired' ? 'retired' : 'elsewhere';
}

async function purposeOfLock(mirror: Mirror): Promise<string | undefined> {
  // A broken lock file stops the runs that take the lock, but not a list.
  const lock = await readLock(mirror.data.lockFile).catch((error) => {
    if (!isSeqmirrorError(error)) throw error;
    return { state: 'free' } as const;
  });
  return lock.state === 'held' ? lock.holder.purpose : undefined;
}
