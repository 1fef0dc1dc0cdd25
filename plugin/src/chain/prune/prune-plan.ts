/** What a prune would retire, what stays and why, and what identifies exactly this plan. */
import { basename } from 'node:path';
import { storeFolder } from '../../mirror/data-directory';
import { newestSealed } from '../../mirror/find-sequence';
import type { Mirror } from '../../mirror/mirror';
import { readChain } from '../../mirror/mirror';
import { openSealedChain } from '../../mirror/sealed-chain';
import { headOfChain } from '../../mirror/sites/sites';
import { workFoundIn } from '../../mirror/unfinished-work';
import { commandsBack } from '../../mirror/way-back';
import { bytesOf } from '../../sequence/closure';
import { sumOfBytes } from '../../system/byte-size';
import { canonicalJson } from '../../system/canonical-json';
import { sha256Of } from '../../system/sha256';
import { newestNotComplete } from '../errors';
import type { SequenceHere } from '../sequence-here';
import { withPlace } from '../sequence-here';
import { retainedSites } from './retained-sites';
import type { RetainedSite, Retention, RetentionReason } from './retention';
import { numbersOf, retentionOf } from './retention';

/** Archives to retire: all of one sequence that are here. */
export interface RetiredSequence {
  readonly number: number;
  readonly folder: string;
  /** When it was sealed. */
  readonly sealed: string;
  /** Those of its archives that are here. */
  readonly archives: readonly string[];
  /** Bytes of these. */
  readonly bytes: number;
  /** Sequences that need it, and are not kept complete themselves. */
  readonly neededBy: readonly number[];
}

/** A sequence that keeps its archives. */
export interface KeptSequence {
  readonly number: number;
  readonly folder: string;
  /** Bytes of its archives that are here. */
  readonly bytes: number;
  readonly reasons: readonly RetentionReason[];
}

/** What `pruneMirror` would do, or did. */
export interface PrunePlan {
  readonly mirror: string;
  /** `p3f9a12c04b1e`: the hash of what would be done. The plan of anything else has another one. */
  readonly id: string;
  readonly newest: {
    readonly number: number;
    readonly folder: string;
    /** Sequences that restore it together. */
    readonly needs: readonly number[];
    /** Those of them whose archives are only in copies elsewhere. */
    readonly elsewhere: readonly number[];
  };
  readonly keep: number;
  readonly olderThanDays: number | undefined;
  /** The place that archives are moved to, links resolved; `undefined`: they are deleted. */
  readonly to: string | undefined;
  readonly sites: readonly RetainedSite[];
  readonly retired: readonly RetiredSequence[];
  readonly kept: readonly KeptSequence[];
  /** What stopped runs left in the data directory, and what nothing will continue. */
  readonly leftOvers: readonly { readonly name: string; readonly path: string; readonly bytes: number }[];
  /** Bytes that become free. */
  readonly freed: number;
  /** A new baseline would take much less than the archives that stay. */
  readonly baseline: { readonly bytes: number; readonly frees: number } | undefined;
}

export interface PruneRule {
  readonly keep: number;
  readonly olderThanDays: number | undefined;
  readonly to: string | undefined;
}

/** A plan, with what its application needs. */
export interface PreparedPrune {
  readonly plan: PrunePlan;
  readonly sequences: readonly SequenceHere[];
}

// Below this, mirroring everything again is not worth its download.
const worthwhileShare = 0.25;

/**
 * @throws SEQ0239 if nothing is sealed, SEQ0260 unless the newest sequence can be restored from what is here and in known copies, the errors of a
 *   chain that is not as it was sealed, and those of sites that cannot be read
 */
export async function planPrune(mirror: Mirror, rule: PruneRule, now: Date): Promise<PreparedPrune> {
  const chain = await readChain(mirror);
  const newest = newestSealed(mirror, chain);
  const opened = await openSealedChain(mirror, { trust: 'proven and signed', chain });
  const sequences = await Promise.all(opened.sequences.map((sequence) => withPlace(mirror, sequence)));
  const sites = await retainedSites(mirror, opened.sequences);
  const olderThan = rule.olderThanDays === undefined ? undefined : daysBefore(now, rule.olderThanDays);
  const retention = retentionOf(sequences, {
    sites,
    rule: { keep: rule.keep, olderThan },
    placeOf: (number) => sequences[number - 1]?.place ?? 'nowhere',
  });
  requireComplete(mirror, sequences, retention);
  const retired = sequences
    .filter(({ entry, archives }) => !retention.kept.has(entry.number) && archives.some(({ file }) => file))
    .map((sequence) => retiredOf(sequence, { sequences, retention }));
  const inReissue = new Set(
    retired.map(({ number }) => {
      const { folder, seal } = (sequences[number - 1] as SequenceHere).entry;
      return basename(storeFolder(mirror.data, folder, seal));
    }),
  );
  const leftOvers = (await workFoundIn(mirror, chain))
    .filter(
      ({ next, name, path }) => next === undefined || (name.startsWith('reissue') && inReissue.has(basename(path))),
    )
    .map(({ name, path, bytes }) => ({ name, path, bytes }));
  const facts = {
    mirror: mirror.name,
    newest: {
      ...{ number: newest.number, folder: newest.folder },
      needs: retention.newestNeeds,
      elsewhere: retention.newestNeeds.filter((number) => sequences[number - 1]?.place === 'elsewhere'),
    },
    ...rule,
    sites,
    retired,
    kept: sequences
      .filter(({ entry, archives }) => retention.kept.has(entry.number) && archives.some(({ file }) => file))
      .map((sequence) => keptOf(sequence, retention)),
    leftOvers,
    freed: sumOfBytes(retired) + sumOfBytes(leftOvers),
  };
  const plan = { ...facts, id: idOf(mirror, facts, sequences), baseline: baselineInstead(sequences, facts) };
  return { plan, sequences };
}

function requireComplete(mirror: Mirror, sequences: readonly SequenceHere[], retention: Retention): void {
  const { uncovered, unlinked, newestNeeds } = retention;
  const newest = sequences.at(-1);
  if (newest === undefined || (uncovered.length === 0 && unlinked.length === 0)) return;
  const lacking = newestNeeds
    .flatMap((number) => sequences[number - 1] ?? [])
    .filter(({ place }) => place === 'nowhere');
  throw newestNotComplete({
    mirror: mirror.name,
    folder: newest.entry.folder,
    blobs: uncovered.length,
    lacking: lacking.map(({ entry }) => entry.folder),
    next: commandsBack(
      mirror.name,
      lacking.map(({ entry, custody }) => ({ ...entry, custody })),
    ),
  });
}

function retiredOf(
  { entry, metadata, archives }: SequenceHere,
  { sequences, retention }: { sequences: readonly SequenceHere[]; retention: Retention },
): RetiredSequence {
  const { number, folder } = entry;
  const here = archives.filter(({ file }) => file !== undefined);
  return {
    number,
    folder,
    sealed: metadata.timestamp,
    archives: here.map(({ name }) => name),
    bytes: here.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0),
    neededBy: sequences
      .filter((other) => !isComplete(other, retention) && numbersOf(other.metadata).includes(number))
      .map((other) => other.entry.number),
  };
}

/** Whether a sequence is kept with everything that it needs. */
function isComplete({ entry }: SequenceHere, { kept }: Retention): boolean {
  return kept.get(entry.number)?.some(({ kind }) => kind !== 'needed' && kind !== 'young') ?? false;
}

function keptOf({ entry, archives }: SequenceHere, { kept }: Retention): KeptSequence {
  const bytes = archives.reduce((sum, { file }) => sum + (file?.bytes ?? 0), 0);
  return { number: entry.number, folder: entry.folder, bytes, reasons: kept.get(entry.number) ?? [] };
}

/** All that is done when the plan is applied, and all that decides whether it may be. */
function idOf(
  { settings, data }: Mirror,
  { newest, retired, kept, leftOvers, to }: Pick<PrunePlan, 'newest' | 'retired' | 'kept' | 'leftOvers' | 'to'>,
  sequences: readonly SequenceHere[],
): string {
  const sealOf = (number: number) => sequences[number - 1]?.entry.seal ?? null;
  const content = {
    mirror: settings.id,
    data: data.root,
    to: to ?? null,
    newest: sealOf(newest.number),
    needs: newest.needs,
    retired: retired.map(({ number, archives, bytes }) => ({ seal: sealOf(number), archives, bytes })),
    kept: kept.map(({ number }) => sealOf(number)),
    leftOvers: leftOvers.map(({ path }) => path),
  };
  return `p${sha256Of(canonicalJson(content)).slice(0, 12)}`;
}

/** What a sequence with `base: none` would take instead of the sequences that restore the newest one, if much less. */
function baselineInstead(
  sequences: readonly SequenceHere[],
  { kept, newest: { number, needs } }: Pick<PrunePlan, 'kept' | 'newest'>,
): PrunePlan['baseline'] {
  const bytes = bytesOf(headOfChain(sequences, number).closure);
  const stays = sumOfBytes(kept.filter((sequence) => needs.includes(sequence.number)));
  return stays - bytes > stays * worthwhileShare ? { bytes, frees: stays - bytes } : undefined;
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000);
}
