/**
 * Which sequences of a chain must keep their archives, and why. Pure. A sequence is kept with every sequence that it
 * needs, so that it stays complete; the other ones may be retired.
 */
import type { SealedSequence } from '../../mirror/sealed-chain';
import type { BlobRecord } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import { closureOf } from '../../sequence/closure';
import { applyImageChanges } from '../../sequence/images';
import type { LinkHolders } from '../../sequence/link-holders';
import { linkHoldersAfter, recordedLinks } from '../../sequence/link-holders';
import type { ArchivesPlace } from '../sequence-here';
import type { SequenceMetadata } from '../../sequence/metadata';
import { appendTo } from '../../system/append-to';

/** The parts of a sealed sequence that decide. Always all from 1 on, in order. */
export type RetainedSequence = Pick<SealedSequence, 'entry' | 'inventory'> & {
  readonly metadata: Pick<SequenceMetadata, 'timestamp' | 'links_since'> & {
    readonly air_gapped_transfer: Pick<SequenceMetadata['air_gapped_transfer'], 'dependencies'>;
  };
};

/** A site as far as it decides. */
export interface RetainedSite {
  readonly name: string;
  /** The newest sequence that it is relied on to have; 0: none. */
  readonly head: number;
  /** Bundles that it was sent and has not acknowledged. */
  readonly inTransit: readonly { readonly id: string; readonly head: number }[];
}

export interface RetentionRule {
  /** The newest sequences that stay complete, at least 1. */
  readonly keep: number;
  /** Sequences that were sealed after this time keep their archives. */
  readonly olderThan?: Date | undefined;
}

/** Why a sequence keeps its archives. */
export type RetentionReason =
  | { readonly kind: 'newest' }
  | { readonly kind: 'recent' }
  | { readonly kind: 'lacking'; readonly site: string; readonly head: number }
  | { readonly kind: 'unacknowledged' }
  /**
   * The newest sequence of a site: its cluster resources are exported from these archives. If all sequences after it are
   * made void, it is the newest one of the chain again.
   */
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'in transit'; readonly site: string; readonly transfer: string }
  | { readonly kind: 'young' }
  | { readonly kind: 'needed'; readonly by: readonly number[] };

export interface Retention {
  /** In order. */
  readonly kept: ReadonlyMap<number, readonly RetentionReason[]>;
  /** The sequences that the newest one needs, itself included; together they restore it. */
  readonly newestNeeds: readonly number[];
  /** Blobs of the newest one that no sequence holds whose archives exist. */
  readonly uncovered: readonly Digest[];
  /** Sequences whose archives hold links of the newest one and do not exist any more. */
  readonly unlinked: readonly number[];
}

export function retentionOf(
  sequences: readonly RetainedSequence[],
  {
    sites,
    rule,
    placeOf,
  }: {
    readonly sites: readonly RetainedSite[];
    readonly rule: RetentionRule;
    readonly placeOf: (number: number) => ArchivesPlace;
  },
): Retention {
  const kept = new Map<number, RetentionReason[]>();
  const newest = sequences.length;
  const roots = rootsOf(newest, sites, rule);
  const sets = setsOf(sequences, { of: new Set(roots.keys()), placeOf });
  for (const [number, reasons] of roots) for (const reason of reasons) appendTo(kept, number, reason);
  const neededBy = new Map<number, number[]>();
  for (const [number, { needs }] of sets) {
    for (const needed of needs) if (needed !== number) appendTo(neededBy, needed, number);
  }
  for (const [number, by] of neededBy) appendTo(kept, number, { kind: 'needed', by });
  for (const { entry, metadata } of sequences) {
    const isYoung = rule.olderThan !== undefined && Date.parse(metadata.timestamp) > rule.olderThan.getTime();
    if (isYoung) appendTo(kept, entry.number, { kind: 'young' });
  }
  const { needs: newestNeeds = [], ...lacking } = sets.get(newest) ?? { uncovered: [], unlinked: [] };
  return { kept: new Map([...kept].sort(([a], [b]) => a - b)), newestNeeds, ...lacking };
}

/** The sequences that have to stay complete for their own sake. */
function rootsOf(
  newest: number,
  sites: readonly RetainedSite[],
  { keep }: RetentionRule,
): Map<number, RetentionReason[]> {
  const roots = new Map<number, RetentionReason[]>();
  const acknowledged = Math.max(0, ...sites.map(({ head }) => head));
  for (let number = 1; number <= newest; number += 1) {
    if (number === newest) appendTo(roots, number, { kind: 'newest' });
    else if (number > newest - keep) appendTo(roots, number, { kind: 'recent' });
    // A site that has nothing yet gets the newest sequence, which stays complete.
    for (const { name, head, inTransit } of sites) {
      if (head > 0 && number > head) appendTo(roots, number, { kind: 'lacking', site: name, head });
      for (const { id } of inTransit.filter((transfer) => transfer.head === number))
        appendTo(roots, number, { kind: 'in transit', site: name, transfer: id });
    }
    if (number > acknowledged) appendTo(roots, number, { kind: 'unacknowledged' });
    else if (number !== newest && sites.some(({ head }) => head === number))
      appendTo(roots, number, { kind: 'acknowledged' });
  }
  return roots;
}

interface CompleteSet extends Pick<Retention, 'uncovered' | 'unlinked'> {
  /** Itself included, ascending. */
  readonly needs: readonly number[];
}

/**
 * The sequences that each of these needs: those that its record names, those that hold links of its images, and, for a
 * blob that none of them has on this machine, every sequence that has it here. The records are not relied on alone, because a
 * sequence that they name may be lost since.
 */
function setsOf(
  sequences: readonly RetainedSequence[],
  { of: wanted, placeOf }: { of: ReadonlySet<number>; placeOf: (number: number) => ArchivesPlace },
): Map<number, CompleteSet> {
  const sets = new Map<number, CompleteSet>();
  const links: LinkHolders[] = [];
  const blobs = new Map<Digest, BlobRecord>();
  // Later ones too: what was lost and fetched again for one of them is a source for reissue.
  const holders = new Map<Digest, number[]>();
  for (const { entry, inventory } of sequences)
    for (const { digest } of inventory.blobs) appendTo(holders, digest, entry.number);
  let images: MirroredImage[] = [];
  for (const { entry, metadata, inventory } of sequences) {
    const { number } = entry;
    const linked = linkHoldersAfter(links, recordedLinks(metadata, inventory));
    links.push(linked);
    images = applyImageChanges(images, inventory.images);
    for (const blob of inventory.blobs) if (!blobs.has(blob.digest)) blobs.set(blob.digest, blob);
    if (!wanted.has(number)) continue;
    const needs = new Set([number, ...numbersOf(metadata), ...linked.numbers]);
    const uncovered: Digest[] = [];
    const roots = images.map(({ digest }) => digest);
    for (const digest of closureOf(roots, blobs).blobs.keys()) {
      const those = holders.get(digest) ?? [];
      const here = those.filter((holder) => placeOf(holder) === 'here');
      if (here.some((holder) => needs.has(holder))) continue;
      for (const holder of here) needs.add(holder);
      if (those.every((holder) => placeOf(holder) === 'nowhere')) uncovered.push(digest);
    }
    sets.set(number, {
      needs: [...needs].sort((a, b) => a - b),
      uncovered,
      unlinked: [...linked.numbers].filter((holder) => placeOf(holder) === 'nowhere'),
    });
  }
  return sets;
}

/** The sequences whose blobs or links a sequence uses, as its record says. */
export function numbersOf({ air_gapped_transfer: transfer }: RetainedSequence['metadata']): number[] {
  return transfer.dependencies.map((name) => Number(name.slice('seq'.length)));
}
