/** Which blobs each sequence has, by its inventory and by what was found in its archives. */
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { baseChain } from '../sequence/base';
import { isLost } from '../sequence/custody';
import { numberInBase } from '../sequence/intent';
import type { CheckedSequence } from './check-sequence';
import type { SequenceHolding } from './prove';
import type { SequenceRecord } from './sequence-record';

/** The facts about all sequences, computed once. */
export interface HoldingFacts {
  readonly holdings: ReadonlyMap<number, SequenceHolding>;
  /** Where damaged blobs are, in words. */
  readonly places: ReadonlyMap<Digest, string>;
}

export function holdingFactsOf(recorded: readonly SequenceRecord[], checked: readonly CheckedSequence[]): HoldingFacts {
  const soundBy = new Map(checked.map((each) => [each.recorded.entry.number, each.sound]));
  const holdings = recorded.map(({ entry: { number }, inventory }): [number, SequenceHolding] => [
    number,
    {
      number,
      recorded: new Map<Digest, BlobRecord>((inventory?.blobs ?? []).map((blob) => [blob.digest, blob])),
      sound: soundBy.get(number),
    },
  ]);
  const places = checked.flatMap(({ damaged, recorded: { entry } }) =>
    [...damaged].map(([digest, archive]) => [digest, `is damaged in ${archive} of ${entry.folder}`] as const),
  );
  return { holdings: new Map(holdings), places: new Map(places) };
}

/** The holdings of a sequence and of its base: for checked sequences what was found, for the others their inventories. */
export function holdingsFor(
  own: SequenceRecord,
  recorded: readonly SequenceRecord[],
  { holdings }: HoldingFacts,
): SequenceHolding[] {
  const { number } = own.entry;
  const before = recorded.filter(({ entry }) => entry.number < number);
  const bases = new Map(
    before.flatMap(({ entry, metadata }) => (metadata === undefined ? [] : [[entry.number, metadata.base]])),
  );
  const base = own.metadata?.base ?? 'previous';
  // On a disk with a part of the chain, blobs that the records don't reach have no known holder.
  const isKnown = base === 'none' || number === 1 || bases.has(numberInBase(base) ?? number - 1);
  const numbers = isKnown ? [...baseChain(number, bases.set(number, base)), number] : [number];
  const lost = new Set(
    recorded.filter(({ custody }) => custody !== undefined && isLost(custody)).map(({ entry }) => entry.number),
  );
  return numbers.flatMap((each) => (lost.has(each) ? [] : (holdings.get(each) ?? [])));
}

/** Needed sequences whose records are not here, as on a disk with a part of the chain. */
export function unseenBy({ metadata }: SequenceRecord, recorded: readonly SequenceRecord[]): number[] {
  const numbers = (metadata?.air_gapped_transfer.dependencies ?? []).map((name) => Number(name.slice('seq'.length)));
  return numbers.filter((number) => !recorded.some(({ entry }) => entry.number === number));
}
