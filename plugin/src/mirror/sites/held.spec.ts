import * as fc from 'fast-check';
import type { FixtureChain } from '../../../../testing/worlds/chain';
import { aChain } from '../../../../testing/worlds/chain';
import { Seal } from '../../sequence/seal';
import { entriesOutside, headOfChain, heldBy, missingAt } from './held';
import type { Ledger, LedgerEntry } from './ledger';
import { emptyLedger } from './ledger';

const chain = aChain()
  .baseline('ubi9', { adds: 3 })
  .differential('logging', { adds: 2, updates: 1 })
  .differential('less', { adds: 1, removes: 2 })
  .build();
const recordsOf = ({ sequences, lock }: FixtureChain) =>
  sequences.map(({ inventory }, index) => ({ entry: lock.entries[index]!, inventory }));
const ledgerOf = (numbers: readonly number[], more: Partial<LedgerEntry> = {}, of = chain): Ledger => ({
  ...emptyLedger,
  entries: numbers.map((number) => ({
    sequence: number,
    seal: of.sequences[number - 1]!.seal,
    confidence: 'proven',
    held_in: 'both',
    at: '2026-11-09T08:00:00Z',
    ...more,
  })),
});
const records = recordsOf(chain);

describe('heldBy', () => {
  it('is nothing for a new site', () => expect(heldBy(emptyLedger, records).size).toBe(0));

  it('is the closure of the head', () => {
    expect(heldBy(ledgerOf([2]), records)).toEqual(new Set(headOfChain(records, 2).closure.keys()));
  });

  it('is the union of what was acknowledged, removed images included', () => {
    const held = heldBy(ledgerOf([1, 3]), records);
    const both = [...headOfChain(records, 1).closure.keys(), ...headOfChain(records, 3).closure.keys()];
    expect(held).toEqual(new Set(both));
  });

  it('does not count a seal that the chain does not have', () => {
    const other = ledgerOf([2], { seal: Seal.parse(`sha256:${'f'.repeat(64)}`) });
    expect(heldBy(other, records).size).toBe(0);
    const entries = records.map(({ entry }) => entry);
    expect(entriesOutside(other, entries)).toEqual(other.entries);
    expect(entriesOutside(ledgerOf([1, 3]), entries)).toEqual([]);
  });

  it('makes a site complete, together with what it lacks of the head', () => {
    const step = fc.record({ adds: fc.nat(3), updates: fc.nat(2), removes: fc.nat(2) });
    fc.assert(
      fc.property(fc.integer(), fc.array(step, { minLength: 1, maxLength: 5 }), fc.nat(), (seed, steps, at) => {
        const builder = steps.reduce(
          (before, options, index) => before.differential(`s${index}`, options),
          aChain({ seed }).baseline('first', { adds: 2 }),
        );
        const of = builder.build();
        const all = recordsOf(of);
        const acknowledged = (at % of.sequences.length) + 1;
        const held = heldBy(ledgerOf([acknowledged], {}, of), all);
        const { closure } = headOfChain(all, of.sequences.length);
        const carried = [...closure.keys()].filter((digest) => !held.has(digest));
        expect(missingAt(held, closure).blobs).toBe(carried.length);
        for (const digest of closure.keys()) expect(held.has(digest) || carried.includes(digest)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
