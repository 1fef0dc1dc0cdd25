/**
 * The records of a chain, and what is wrong with them. It does not open the chain as `mirror/sealed-chain` does: that
 * stops at the first error, while this reports all, also for sequences that chain.lock lacks or whose records are
 * broken.
 */
import { checkSealed } from '../mirror/check-sealed';
import type { CheckedRecords, Question, RecordKey } from '../mirror/checked-records';
import { questionAbout } from '../mirror/checked-records';
import type { HashRanges } from '../mirror/inventory-hashes';
import type { ChainOnDisk } from '../mirror/locate-archives';
import type { Chain } from '../mirror/mirror';
import { sequencePath, inTree } from '../mirror/mirror';
import { checkPlaceInChain } from '../mirror/place-in-chain';
import {
  mirrorScriptFile,
  readCustodyIfThere,
  readIntent,
  readInventory,
  readMetadataIfThere,
  recordFile,
  recordNames,
} from '../mirror/records';
import type { MirroredImage } from '../oci/image';
import type { ChainEntry } from '../sequence/chain-lock';
import { sealedEntries, sealedEntry } from '../sequence/chain-lock';
import { applyImageChanges } from '../sequence/images';
import type { Inventory } from '../sequence/inventory';
import type { LinkHolders } from '../sequence/link-holders';
import { linkHoldersAfter, recordedLinks } from '../sequence/link-holders';
import type { SequenceMetadata } from '../sequence/metadata';
import { recordLimits } from '../sequence/record-limits';
import { Seal } from '../sequence/seal';
import { parseSha256Sums } from '../sequence/sha256-sums';
import { collectError } from '../system/collect-error';
import { mapConcurrently } from '../system/concurrency';
import type { Finding } from '../system/errors';
import { isThere } from '../system/files';
import { readTextIfThere } from '../system/text-file';
import { factsFindings } from './compare-facts';
import { sumsDisagree } from './record-errors';
import type { SequenceRecord } from './sequence-record';
import { uploadFilesFindings } from './upload-files';

export interface ReadingRecords {
  readonly hashRanges: HashRanges;
  /** Decode inventories; else they are only hashed, for the seal. */
  readonly inventories: boolean;
  /** Where it may be known that these very files are sound; `nothingChecked`: everything is read. */
  readonly records: CheckedRecords;
}

/** A sequence with records, and where they are. */
export interface SequenceOnRecord {
  readonly mirror: ChainOnDisk;
  readonly chain: Chain;
  readonly entry: ChainEntry;
  /** Whether the sequence before it may be missing, as on a disk with a part of the chain. */
  readonly isPart: boolean;
}

// Threads hash one inventory while another sequence's configurations are parsed.
const readAtATime = 4;

/** Reads the records of sequences given by number. */
export async function readRecordedSequences(
  places: readonly SequenceOnRecord[],
  reading: ReadingRecords,
): Promise<SequenceRecord[]> {
  const read = await mapConcurrently(places, { limit: readAtATime }, (place, index) =>
    readRecords(place, places[index - 1]?.entry, reading),
  );
  const sequences: SequenceRecord[] = [];
  const holders: LinkHolders[] = [];
  for (const sequence of read) {
    const before = sequences.at(-1);
    const { entry, metadata, inventory } = sequence;
    // Two that claim one number leave open what the chain is from there on.
    const isNext = entry.number === holders.length + 1 && !read.some((other) => isRival(other.entry, entry));
    const linkHolders =
      isNext && metadata !== undefined && inventory !== undefined
        ? linkHoldersAfter(holders, recordedLinks(metadata, inventory))
        : undefined;
    if (linkHolders !== undefined) holders.push(linkHolders);
    const whole = { ...(await withImages(sequence, before)), linkHolders };
    // Errors that make facts impossible to compute, such as an impossible base, are reported where the base is looked
    // up.
    const { value: facts = [] } = await collectError(async () => factsFindings(whole, sequences));
    sequences.push({ ...whole, findings: [...whole.findings, ...facts] });
  }
  return sequences;
}

function isRival(other: ChainEntry, entry: ChainEntry): boolean {
  return other !== entry && other.number === entry.number;
}

/** No sequence has this seal. Unreadable metadata is refused before its seal matters. */
const unreadableSeal = Seal.parse(`sha256:${'0'.repeat(64)}`);

/** The sealed sequences in chain.lock or in the folders' records, by number; planned ones are left out. */
export async function recordedIn(mirror: ChainOnDisk, chain: Chain): Promise<ChainEntry[]> {
  const entries = sealedEntries(chain.lock);
  for (const { number, folder } of chain.folders) {
    if (entries.some((entry) => entry.folder === folder)) continue;
    const { value: metadata, finding } = await collectError(() => readMetadataIfThere(mirror, folder));
    if (metadata !== undefined || finding !== undefined)
      entries.push({ number, folder, seal: metadata?.seal ?? unreadableSeal, state: 'sealed' });
  }
  return entries.sort((a, b) => a.number - b.number || (a.folder < b.folder ? -1 : 1));
}

/** The records of one sequence, before they are put into the chain. */
type ReadRecords = Omit<SequenceRecord, 'images' | 'linkHolders'>;

async function readRecords(
  { mirror, chain, entry, isPart }: SequenceOnRecord,
  before: ChainEntry | undefined,
  { hashRanges, inventories, records }: ReadingRecords,
): Promise<ReadRecords> {
  const { number, folder } = entry;
  const { findings, collect } = collector();
  const previous = before?.number === number - 1 ? before.seal : isPart ? 'unknown' : undefined;
  const checked = await collect(async () => {
    if (!isPart && sealedEntry(chain.lock, number)?.folder !== folder)
      await checkPlaceInChain(mirror, chain, { number, folder, name: '' });
    return checkSealed(mirror, chain, entry, { hashRanges, previous, records });
  });
  const metadata = checked ?? (await collect(() => readMetadataIfThere(mirror, folder)));
  const about = (what: string, names: readonly RecordKey[]) => questionAbout(mirror, folder, { what, names });
  const isSound = async (question: Question, find: () => Promise<readonly Finding[]>): Promise<void> => {
    const { known, note } = records.ask<true>(question);
    const found = known === true ? [] : await collect(find);
    findings.push(...(found ?? []));
    if (known === undefined && found?.length === 0) note(true);
  };
  const read = await collect(() =>
    records.answerTo(about('custody', ['custody']), async () => ({ it: await readCustodyIfThere(mirror, folder) })),
  );
  await isSound(about('intent', ['intent']), () => readIntent(mirror, folder).then(() => []));
  // Where the mirror has a script, a sequence may have none.
  const given = String(await isThere(mirrorScriptFile(mirror)));
  await isSound({ ...about('upload files', ['facts', 'script', 'images']), given }, () =>
    uploadFilesFindings(mirror, folder),
  );
  if (metadata !== undefined)
    await isSound(about('sums', ['sums', 'metadata']), () => sumsFindings(mirror, folder, metadata));
  const inventory = inventories ? await collect(() => readInventory(mirror, folder)) : undefined;
  return { mirror, entry, metadata, inventory, custody: read?.it, findings };
}

async function withImages(
  sequence: ReadRecords,
  before: SequenceRecord | undefined,
): Promise<ReadRecords & Pick<SequenceRecord, 'images'>> {
  const { entry, inventory } = sequence;
  if (inventory === undefined) return { ...sequence, images: [] };
  const isLinked = entry.number === 1 || before?.entry.number === entry.number - 1;
  const { value: images = [], finding } = await collectError(() =>
    imagesAfter(isLinked ? (before?.images ?? []) : undefined, inventory),
  );
  return { ...sequence, images, findings: [...sequence.findings, ...(finding === undefined ? [] : [finding])] };
}

/** Continues after errors that a person can do something about; each is noted once. */
function collector() {
  const findings: Finding[] = [];
  const collect = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const { value, finding } = await collectError(work);
    const isKnown = findings.some(({ what, at }) => what === finding?.what && at?.file === finding.at?.file);
    if (finding !== undefined && !isKnown) findings.push(finding);
    return value;
  };
  return { findings, collect };
}

/** @param before `undefined` if the sequence before isn't here: then only the images that this one adds are known */
function imagesAfter(before: readonly MirroredImage[] | undefined, { images }: Inventory): MirroredImage[] {
  return applyImageChanges(
    before ?? [],
    before === undefined ? images.filter(({ change }) => change === 'added') : images,
  );
}

async function sumsFindings(mirror: ChainOnDisk, folder: string, { archives }: SequenceMetadata): Promise<Finding[]> {
  const file = recordFile(mirror, folder, recordNames.sums);
  const text = await readTextIfThere(inTree(mirror, sequencePath(mirror, folder, recordNames.sums)), {
    limit: recordLimits.sums,
  });
  const sums = new Map(
    (text === undefined ? [] : parseSha256Sums(text, file)).map(({ name, sha256 }) => [name, sha256]),
  );
  const recorded = new Map(archives.map(({ name, sha256 }) => [name, sha256]));
  const names = [...new Set([...recorded.keys(), ...sums.keys()])].filter(
    (name) => sums.get(name) !== recorded.get(name),
  );
  if (text !== undefined && names.length === 0) return [];
  const details =
    text === undefined
      ? ['there is no SHA256SUMS']
      : names.map(
          (name) =>
            `${name}: ${sums.get(name) ?? 'nothing'} in SHA256SUMS, ${recorded.get(name) ?? 'nothing'} in seq-metadata.yaml`,
        );
  return [sumsDisagree({ folder, file, details })];
}
