/** What holds along every chain, from the records alone. */
import fc from 'fast-check';
import { digestOf } from '../../../testing/images/small-image';
import { aChain } from '../../../testing/worlds/chain';
import { baseBlobs, baseChain } from './base';
import { parseChainLock } from './chain-lock';
import { blobSetOf, closureOf } from './closure';
import { applyImageChanges } from './images';
import type { BaseChoice } from './intent';
import { decodeInventory } from './inventory';

const anyStep = fc.record({
  adds: fc.integer({ min: 0, max: 3 }),
  updates: fc.integer({ min: 0, max: 2 }),
  removes: fc.integer({ min: 0, max: 2 }),
  base: fc.tuple(fc.constantFrom('previous', 'none', 'earlier'), fc.nat()),
});
const anyChain = fc.tuple(fc.integer(), fc.array(anyStep, { minLength: 1, maxLength: 7 })).map(([seed, steps]) =>
  steps
    .reduce((chain, { base: [kind, at], ...step }, index) => {
      const base: BaseChoice =
        kind === 'earlier' ? `seq${1 + (at % (index + 1))}` : kind === 'none' ? 'none' : 'previous';
      return chain.differential(`step-${index}`, { ...step, base });
    }, aChain({ seed }).baseline('start'))
    .build(),
);
const digests = (blobs: ReadonlyMap<string, unknown>) => [...blobs.keys()].sort();

describe('a chain', () => {
  it('has the same closure from its inventories as from all its records', () => {
    fc.assert(
      fc.property(anyChain, ({ sequences, contents }) => {
        const inventories = new Map(
          sequences.map(({ number, files }) => [number, decodeInventory(files['seq-inventory.jsonl']!, 'i')]),
        );
        const bases = new Map(sequences.map(({ number, intent }) => [number, intent.base]));
        const everything = blobSetOf(...sequences.map(({ inventory }) => inventory.blobs));
        for (const { number, images, inventory, metadata } of sequences) {
          const listed = sequences
            .slice(0, number)
            .reduce<typeof images>(
              (before, each) => applyImageChanges(before, inventories.get(each.number)!.images),
              [],
            );
          expect(new Set(listed)).toEqual(new Set(images));
          const base = baseBlobs(baseChain(number, bases), { inventories, custodies: new Map() });
          const roots = listed.map(({ digest }) => digest);
          const closure = closureOf(roots, blobSetOf(inventory.blobs, base.values()));
          expect(closure.missing).toEqual([]);
          expect(digests(closure.blobs)).toEqual(digests(closureOf(roots, everything).blobs));
          expect(inventory.blobs.some(({ digest }) => base.has(digest))).toBe(false);

          const needed = metadata.air_gapped_transfer.dependencies.map((name: string) => Number(name.slice(3)));
          const carried = (numbers: number[]) =>
            blobSetOf(inventory.blobs, ...numbers.map((each) => inventories.get(each)!.blobs));
          expect(closureOf(roots, carried(needed)).missing).toEqual([]);
          for (const left of needed) {
            expect(closureOf(roots, carried(needed.filter((each) => each !== left))).missing).not.toEqual([]);
          }
          for (const { digest } of inventory.blobs) expect(digestOf(contents.get(digest)!)).toBe(digest);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('fetches again what only a lost sequence had', () => {
    const { sequences } = aChain().baseline('ubi9').differential('logging').build();
    const inventories = new Map(sequences.map(({ number, inventory }) => [number, inventory]));
    const lost = new Map([[1, { schema: 'seqmirror/v1' as const, state: 'lost' as const, copies: [] }]]);
    const base = baseBlobs([1, 2], { inventories, custodies: lost });
    const { missing } = closureOf(
      sequences[1]!.images.map(({ digest }) => digest),
      base,
    );
    const ofFirst = blobSetOf(sequences[0]!.inventory.blobs);
    expect(missing.length).toBeGreaterThan(0);
    expect(missing.every(({ digest }) => ofFirst.has(digest))).toBe(true);
  });

  it('has a lock file in the order of its seals', () => {
    const { sequences, files } = aChain().baseline('ubi9').differential('logging').differential('tempo').build();
    const { lock, findings } = parseChainLock(files['chain.lock']!, 'chain.lock');
    expect(findings).toEqual([]);
    expect(lock.entries.map(({ seal }) => seal)).toEqual(sequences.map(({ seal }) => seal));
    expect(sequences.slice(1).map(({ metadata }) => metadata.previous)).toEqual(
      sequences.slice(0, -1).map(({ seal }) => seal),
    );
  });
});
