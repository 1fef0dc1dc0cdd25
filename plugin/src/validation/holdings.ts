/** What each sequence has to give, by its inventory and by what was found in its archives. */
import type { BlobRecord } from '../oci/blob';
import type { Digest } from '../oci/digest';
import { baseChain } from '../sequence/base';
import { isLost } from '../sequence/custody';
import { numberInBase } from '../sequence/intent';
import type { CheckedSequence } from './check-sequence';
import type { SequenceHolding } from './prove';
import type { SequenceRecord } from './sequence-record';

/** What is said of every sequence, made once. */
export interface Known {
  readonly holdings: ReadonlyMap<number, SequenceHolding>;
  /** Where damaged blobs are, in words. */
  readonly places: ReadonlyMap<Digest, string>;
}

export function knownOf(recorded: readonly SequenceRecord[], checked: readonly CheckedSequence[]): Known {
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

/** Its own, and those of its base: what was looked at by what was found, the others by their inventories. */
export function holdingsFor(
  own: SequenceRecord,
  recorded: readonly SequenceRecord[],
  { holdings }: Known,
): SequenceHolding[] {
  const { number } = own.entry;
  const before = recorded.filter(({ entry }) => entry.number < number);
  const bases = new Map(
    before.flatMap(({ entry, metadata }) => (metadata === undefined ? [] : [[entry.number, metadata.base]])),
  );
  const base = own.metadata?.base ?? 'previous';
  // On a disk that holds a part of the chain, what the records don't reach is nobody's.
  const isKnown = base === 'none' || number === 1 || bases.has(numberInBase(base) ?? number - 1);
  const numbers = isKnown ? [...baseChain(number, bases.set(number, base)), number] : [number];
  const lost = new Set(
    recorded.filter(({ custody }) => custody !== undefined && isLost(custody)).map(({ entry }) => entry.number),
  );
  return numbers.flatMap((each) => (lost.has(each) ? [] : (holdings.get(each) ?? [])));
}

/** What it was sealed to need and no record is here of, as on a disk that holds a part of the chain. */
export function unseenBy({ metadata }: SequenceRecord, recorded: readonly SequenceRecord[]): number[] {
  const numbers = (metadata?.air_gapped_transfer.dependencies ?? []).map((name) => Number(name.slice('seq'.length)));
  return numbers.filter((number) => !recorded.some(({ entry }) => entry.number === number));
}
