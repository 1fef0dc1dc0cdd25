/** Validates sequences with records: reads the records, checks the archives, and combines both. */
import { resolve } from 'node:path';
import type { HashPool } from '../archive/hashing/hashing';
import { nothingChecked, openCheckedRecords } from '../mirror/checked-records';
import { notSealedYet } from '../mirror/errors';
import { findSequence } from '../mirror/find-sequence';
import { chainSignature } from '../mirror/signing/signing';
import { sealedEntry } from '../sequence/chain-lock';
import { blobSetOf } from '../sequence/closure';
import { storeCopy } from '../sequence/custody';
import { sumOfBytes } from '../system/byte-size';
import { mapConcurrently } from '../system/concurrency';
import { counted } from '../system/counted';
import type { Finding } from '../system/errors';
import { printable } from '../system/printable';
import type { KnownArchives } from './check-archives';
import { checkSequence } from './check-sequence';
import { nothingSealedToValidate, sealOfAnotherChain } from './errors';
import { linkPlacesIn } from './images-of-base';
import type { ChainOrigin } from './origin';
import { originOf } from './origin';
import { recordVerification, sampleOf } from './record-verification';
import type { SequenceOnRecord } from './recorded-sequences';
import { readRecordedSequences, recordedIn } from './recorded-sequences';
import type { SequenceRecord } from './sequence-record';
import type { RecordedSubject } from './subject';
import type { SequenceVerdict, ValidateOptions, Validation } from './validation';
import { hasErrors } from './validation';
import { verdictsOf } from './verdict';
import { mirrorScriptFindings } from './upload-files';

export interface ValidatedSequences {
  readonly sequences: readonly SequenceVerdict[];
  /** What is wrong with the chain as a whole. */
  readonly findings: readonly Finding[];
  readonly recorded: readonly string[];
  readonly sample?: Validation['sample'];
}

// One sequence's headers are read while another's blobs are hashed.
const sequencesAtATime = 2;

/** @throws SEQ0232 for a sequence that does not exist, SEQ0239 for one that isn't sealed */
export async function validateRecorded(
  subject: RecordedSubject,
  options: ValidateOptions,
  pool: HashPool,
): Promise<ValidatedSequences> {
  const { depth, location, progress, signal, sample } = options;
  const where = options.as ?? (options.path === undefined ? storeCopy : resolve(options.path));
  progress.step('records');
  const origin = subject.place === 'carried' ? await originOf(location) : undefined;
  const records =
    depth === 'quick' && subject.place === 'workspace' ? await openCheckedRecords(subject.mirror) : nothingChecked;
  const recorded = await readRecordedSequences(await placesOf(subject, origin), {
    hashRanges: (path, ranges) => pool.digestsOf(path, ranges, { signal }),
    inventories: depth === 'deep',
    records,
  });
  await records.keep();
  const all = selectedOf(subject, recorded);
  const taken = sample === undefined ? undefined : await sampleOf(all, { share: sample, where });
  const selected = taken === undefined ? all : all.filter((sequence) => taken.due.has(sequence));
  const partOf = (sequence: SequenceRecord) => taken?.due.get(sequence);
  progress.done(`of ${counted(selected.length, 'sequence')}`);

  progress.step(depth);
  if (depth !== 'quick') progress.total(selected.reduce((sum, each) => sum + (partOf(each) ?? sealedBytesOf(each)), 0));
  const remedy = remedyFor(subject);
  const shared = {
    ...{ pool, signal, depth, remedy, partOf },
    random: options.random ?? Math.random,
    progress: progress.advance,
    known: knownArchives(recorded),
    linkPlaces: (sequence: SequenceRecord) => linkPlacesIn(sequence, recorded),
    records: blobSetOf(...recorded.map(({ inventory }) => inventory?.blobs ?? [])),
    absence: subject.place === 'carried' ? ('refused' as const) : ('allowed' as const),
  };
  const checked = await mapConcurrently(selected, { limit: sequencesAtATime, signal }, (sequence) =>
    checkSequence(sequence, shared),
  );
  const sequences = await verdictsOf({ depth, recorded, checked, remedy, signal });
  const mirror = subject.place === 'workspace' ? subject.mirror : origin?.mirror;
  const { findings: unsigned, by } =
    mirror === undefined ? { findings: [], by: undefined } : await chainSignature(mirror, { place: subject.mirror });
  if (by !== undefined) progress.note(`chain.lock is signed by ${printable(by)}`);
  const folders = recorded.map(({ entry }) => entry.folder);
  const script = await mirrorScriptFindings(subject.mirror, folders);
  const findings = [...subject.chain.findings, ...unsigned, ...script, ...otherSeals(selected, origin)];
  const sound = !hasErrors(findings) ? checked.filter(({ presence }) => presence === 'here') : [];
  const noted = sound
    .map(({ recorded: { entry }, sampled }) => ({ folder: entry.folder, isSample: sampled !== undefined }))
    .filter(({ folder }) => isSound(folder, sequences));
  const isToRecord = options.record === true && depth !== 'quick' && mirror !== undefined;
  return {
    sequences,
    findings,
    sample:
      taken === undefined || depth === 'quick'
        ? undefined
        : { bytes: checked.reduce((sum, { sampled, bytes }) => sum + (sampled?.bytes ?? bytes), 0), of: taken.bytes },
    recorded: isToRecord ? await recordVerification(mirror, noted, { ...options, where }) : [],
  };
}

function isSound(folder: string, sequences: readonly SequenceVerdict[]): boolean {
  return sequences.some(({ name, verdict }) => name === folder && verdict !== 'BROKEN');
}

async function placesOf(
  { mirror, chain, place }: RecordedSubject,
  origin: ChainOrigin | undefined,
): Promise<SequenceOnRecord[]> {
  const here = (await recordedIn(mirror, chain)).map((entry) => ({
    mirror,
    chain,
    entry,
    isPart: place === 'carried',
  }));
  const isSame = here.every(
    ({ entry }) => sealedEntry(origin?.chain.lock ?? { entries: [] }, entry.number)?.seal === entry.seal,
  );
  if (origin === undefined || !isSame) return here;
  const highest = here.at(-1)?.entry.number ?? 0;
  const others = (await recordedIn(origin.mirror, origin.chain)).filter(
    ({ number }) => number < highest && !here.some(({ entry }) => entry.number === number),
  );
  return [...here, ...others.map((entry) => ({ ...origin, entry, isPart: false }))].sort(
    (a, b) => a.entry.number - b.entry.number,
  );
}

function selectedOf({ mirror, chain, only }: RecordedSubject, recorded: readonly SequenceRecord[]): SequenceRecord[] {
  const here = recorded.filter((sequence) => sequence.mirror === mirror);
  if (only === undefined) {
    if (here.length === 0 && chain.findings.length === 0) throw nothingSealedToValidate({ mirror: mirror.name });
    return here;
  }
  for (const folder of only) {
    if (here.some(({ entry }) => entry.folder === folder)) continue;
    throw notSealedYet({ mirror: mirror.name, ...findSequence(mirror, chain, folder) });
  }
  return here.filter(({ entry }) => only.includes(entry.folder));
}

function remedyFor({ mirror, place }: RecordedSubject): (sequence: SequenceRecord) => string {
  return ({ entry: { number } }) =>
    place === 'carried'
      ? 'Copy the files again from their source, and validate again'
      : `Reissue it: nx run ${mirror.name}:reissue --sequence=seq${number}`;
}

function otherSeals(selected: readonly SequenceRecord[], origin: ChainOrigin | undefined): Finding[] {
  if (origin === undefined) return [];
  return selected.flatMap(({ entry: { number, folder, seal } }) => {
    const expected = sealedEntry(origin.chain.lock, number);
    if (expected === undefined || expected.seal === seal) return [];
    return [sealOfAnotherChain({ folder, found: seal, expected: expected.seal, mirror: origin.mirror.name })];
  });
}

function knownArchives(recorded: readonly SequenceRecord[]): KnownArchives {
  return new Map(
    recorded.flatMap(({ entry, metadata }) =>
      (metadata?.archives ?? []).flatMap(({ name, sha256, frame_sha256: frame }) => {
        const label = `${name} of ${entry.folder}`;
        return [[sha256, label] as const, ...(frame === undefined ? [] : [[frame, label] as const])];
      }),
    ),
  );
}

function sealedBytesOf({ metadata }: SequenceRecord): number {
  return sumOfBytes(metadata?.archives ?? []);
}
