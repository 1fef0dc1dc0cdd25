/**
 * Which sequence's archives hold the links of an image: its tag, its revisions, its layers. One rule for whoever measures
 * what a sequence needs, checks it or makes its archives again. Pure.
 *
 * For every image of a sequence, its links lie in the sequence's own archives or in those of a sequence that it needs. And
 * unpacked in their order these archives leave each tag at its image: between the two, no archive leads it elsewhere.
 */
import type { MirroredImage } from '../oci/image';
import { identityOf, imageOf } from './images';
import type { Inventory } from './inventory';
import type { ImageRecord } from './inventory-record';
import type { SequenceMetadata } from './metadata';

/** What the records of a sequence say of the links in its archives. */
export interface RecordedLinks {
  /** As its seq-metadata.yaml says. */
  readonly since: SequenceMetadata['links_since'];
  /** As its inventory lists them. */
  readonly changes: readonly ImageRecord[];
}

export function recordedLinks(
  metadata: Pick<SequenceMetadata, 'links_since'> | undefined,
  { images }: Pick<Inventory, 'images'>,
): RecordedLinks {
  return { since: metadata?.links_since, changes: images };
}

/** The number of the sequence that holds the links of each image of one sequence. */
export interface LinkHolders {
  readonly byIdentity: ReadonlyMap<string, number>;
  readonly numbers: ReadonlySet<number>;
  readonly of: (image: MirroredImage) => number | undefined;
}

/** The holders for the last of these. @param sequences all of a chain, from the first on, whatever they name as their base */
export function linkHolders(sequences: readonly RecordedLinks[]): LinkHolders {
  const each: LinkHolders[] = [];
  for (const sequence of sequences) each.push(linkHoldersAfter(each, sequence));
  return each.at(-1) ?? holdersIn(new Map());
}

/**
 * The holders for a sequence.
 *
 * @param before those for each sequence before it, from the first on
 */
export function linkHoldersAfter(before: readonly LinkHolders[], { since, changes }: RecordedLinks): LinkHolders {
  const number = before.length + 1;
  const holders = new Map(before.at(-1)?.byIdentity);
  for (const record of changes) if (record.change === 'removed') holders.delete(identityOf(imageOf(record)));
  for (const record of changes) if (record.change === 'added') holders.set(identityOf(imageOf(record)), number);
  // Images that the sequence before has too stay with their holders.
  if (isSinceBefore({ number, since })) return holdersIn(holders);
  const then = since === undefined ? undefined : before[numberOf(since) - 1];
  for (const identity of holders.keys()) holders.set(identity, then?.byIdentity.get(identity) ?? number);
  return holdersIn(holders);
}

function holdersIn(byIdentity: ReadonlyMap<string, number>): LinkHolders {
  return {
    byIdentity,
    get numbers() {
      return new Set(byIdentity.values());
    },
    of: (image) => byIdentity.get(identityOf(image)),
  };
}

/** Whether archives hold the links of exactly those images that the inventory adds. */
export function isSinceBefore({ number, since }: Pick<RecordedLinks, 'since'> & { readonly number: number }): boolean {
  return since !== undefined && numberOf(since) === number - 1;
}

function numberOf(since: string): number {
  return Number(since.slice('seq'.length));
}
