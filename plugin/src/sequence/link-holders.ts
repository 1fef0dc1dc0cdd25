/**
 * Which sequence's archives hold the links of an image: its tag, its revisions, its layers. One rule for whoever measures
 * what a sequence needs, checks it or makes its archives again. Pure.
 *
 * For every image of a sequence, its links lie in the sequence's own archives or in those of a sequence that it needs. And
 * unpacked in their order these archives leave each tag at its image: between the two, no archive leads it elsewhere.
 */
import type { MirroredImage } from '../oci/image';
import { identityOf, imageOf } from './images';
import type { ImageRecord } from './inventory-record';
import type { SequenceMetadata } from './metadata';

/** What the records of a sequence say of the links in its archives. */
export interface RecordedLinks {
  readonly number: number;
  /** As its seq-metadata.yaml says. */
  readonly since: SequenceMetadata['links_since'];
  /** As its inventory lists them. */
  readonly changes: readonly ImageRecord[];
}

/** The number of the sequence that holds the links of each image of the last one. */
export interface LinkHolders {
  readonly numbers: ReadonlySet<number>;
  of(image: MirroredImage): number | undefined;
}

/** @param sequences all of a chain, from the first on, whatever they name as their base */
export function linkHolders(sequences: readonly RecordedLinks[]): LinkHolders {
  const holders = holdersByIdentity(sequences);
  return { numbers: new Set(holders.values()), of: (image) => holders.get(identityOf(image)) };
}

function holdersByIdentity(sequences: readonly RecordedLinks[]): Map<string, number> {
  const holders = new Map<string, number>();
  for (const { number, since, changes } of sequences) {
    for (const record of changes) if (record.change === 'removed') holders.delete(identityOf(imageOf(record)));
    for (const record of changes) if (record.change === 'added') holders.set(identityOf(imageOf(record)), number);
    // Images that the sequence before has too stay with their holders.
    if (isSinceBefore({ number, since })) continue;
    const then = since === undefined ? undefined : holdersByIdentity(sequences.slice(0, numberOf(since)));
    for (const identity of holders.keys()) holders.set(identity, then?.get(identity) ?? number);
  }
  return holders;
}

/** Whether archives hold the links of exactly those images that the inventory adds. */
export function isSinceBefore({ number, since }: Pick<RecordedLinks, 'number' | 'since'>): boolean {
  return since !== undefined && numberOf(since) === number - 1;
}

function numberOf(since: string): number {
  return Number(since.slice('seq'.length));
}
