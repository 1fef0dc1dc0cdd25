/** What a far side must have besides what is carried. Pure. */
import type { RecordedSequence } from '../mirror/sites/sites';
import type { BlobSet } from '../oci/blob';
import type { Digest } from '../oci/digest';
import type { MirroredImage } from '../oci/image';
import type { ChainEntry } from '../sequence/chain-lock';
import type { Holder, ReliedOn } from './usable';
import { reliedOn, usableBlobs } from './usable';

/** A sequence that a site is relied on for, and the place. */
export interface ReliedSequence {
  readonly entry: ChainEntry;
  readonly place: ReliedOn;
}

/** A site must have one of these sequences; mostly there is only one. */
export type Need = readonly ReliedSequence[];

interface Head {
  readonly sequences: readonly RecordedSequence[];
  readonly images: readonly MirroredImage[];
  readonly closure: BlobSet;
}

/**
 * What sites can be relied on for: sequences that all of them have acknowledged; if sites have different heads and no
 * sequence in common, each site's own.
 *
 * @param options.besides blobs that are carried anyway
 */
export function needsOf(
  head: Head,
  { holders, besides }: { holders: readonly Holder[]; besides: ReadonlySet<Digest> },
): Need[] {
  const usable = usableIn(head);
  const open = new Set([...head.closure.keys()].filter((digest) => !besides.has(digest)));
  const needs: Need[] = [];
  const inCommon = reliedSequences(head, holders);
  for (const sequence of inCommon) {
    const covered = [...usable(sequence)].filter((digest) => open.has(digest));
    if (covered.length > 0) needs.unshift([sequence]);
    for (const digest of covered) open.delete(digest);
  }
  const own = holders.map((holder) => reliedSequences(head, [holder]));
  const apart = new Map<string, ReliedSequence[]>();
  for (const digest of holders.length < 2 ? [] : open) {
    const each = own.map((sequences) => sequences.find((sequence) => usable(sequence).has(digest)));
    if (each.includes(undefined)) continue;
    const found = [...new Map((each as ReliedSequence[]).map((sequence) => [keyOf(sequence), sequence]))].sort(
      ([a], [b]) => (a < b ? -1 : 1),
    );
    apart.set(
      found.map(([key]) => key).join(),
      found.map(([, sequence]) => sequence),
    );
  }
  return [...needs, ...apart.values()];
}

/** The blobs of a head that a site has if it has one sequence of each need. */
export function blobsThere(head: Head, needs: readonly Need[]): Set<Digest> {
  const usable = usableIn(head);
  const there = needs.flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [...usable(first)].filter((digest) => others.every((sequence) => usable(sequence).has(digest))),
  );
  return new Set(there);
}

/** `seq1-baseline, seq2-add-logging or seq3-add-ubi9` */
export function needsInWords(needs: readonly Need[], nameOf = ({ folder }: ChainEntry): string => folder): string {
  return needs.map((need) => need.map(({ entry }) => nameOf(entry)).join(' or ')).join(', ');
}

/** Needs that a site must have in the cache of the oc-mirror that uploads. */
export function neededInCache(needs: readonly Need[]): ChainEntry[] {
  return needs.flat().flatMap(({ entry, place }) => (place === 'cache' ? [entry] : []));
}

/** Newest first. */
function reliedSequences({ sequences }: Head, holders: readonly Holder[]): ReliedSequence[] {
  return [...sequences].reverse().flatMap(({ entry }) => {
    const place = reliedOn(holders, entry.seal);
    return place === undefined ? [] : [{ entry, place }];
  });
}

function usableIn(head: Head): (sequence: ReliedSequence) => ReadonlySet<Digest> {
  const known = new Map<string, ReadonlySet<Digest>>();
  return (sequence) => {
    const { entry, place } = sequence;
    const key = keyOf(sequence);
    const blobs = known.get(key) ?? usableBlobs(head, { chain: head.sequences, number: entry.number, place });
    known.set(key, blobs);
    return blobs;
  };
}

function keyOf({ entry, place }: ReliedSequence): string {
  return `${String(entry.number).padStart(6, '0')} ${place} ${entry.seal}`;
}
