import fc from 'fast-check';
import { aChain } from '../../../testing/worlds/chain';
import { baseBlobs, baseChain } from './base';
import type { BaseChoice } from './intent';

const bases = (...choices: BaseChoice[]) => new Map(choices.map((choice, index) => [index + 1, choice]));

describe('baseChain', () => {
  it.each<{ name: string; choices: BaseChoice[]; chain: number[] }>([
    { name: 'nothing for the first', choices: ['previous'], chain: [] },
    { name: 'all before it', choices: ['none', 'previous', 'previous', 'previous'], chain: [1, 2, 3] },
    { name: 'nothing for a new baseline', choices: ['none', 'previous', 'none'], chain: [] },
    {
      name: 'all sequences since the last baseline',
      choices: ['none', 'previous', 'none', 'previous', 'previous'],
      chain: [3, 4],
    },
    { name: 'a given sequence and its own base', choices: ['none', 'previous', 'none', 'seq2'], chain: [1, 2] },
  ])('is $name', ({ choices, chain }) => {
    expect(baseChain(choices.length, bases(...choices))).toEqual(chain);
  });

  it.each<{ name: string; choices: ReadonlyMap<number, BaseChoice>; number: number }>([
    { name: 'the sequence itself', choices: bases('none', 'seq2'), number: 2 },
    { name: 'a later one', choices: bases('none', 'seq3', 'previous'), number: 2 },
    {
      name: 'one that does not exist',
      choices: new Map<number, BaseChoice>([
        [1, 'none'],
        [4, 'previous'],
      ]),
      number: 4,
    },
  ])('refuses $name', ({ choices, number }) => {
    expect(() => baseChain(number, choices)).toThrow(expect.objectContaining({ code: 'SEQ0152' }));
  });

  it('ascends, and has only earlier sequences', () => {
    const choices = fc.array(fc.tuple(fc.constantFrom('previous', 'none', 'earlier'), fc.nat()), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(choices, (drawn) => {
        const all = drawn.map(([kind, at], index): BaseChoice =>
          kind === 'earlier' && index > 0 ? `seq${1 + (at % index)}` : kind === 'none' ? 'none' : 'previous',
        );
        const chain = baseChain(all.length, bases(...all));
        expect(chain).toEqual([...new Set(chain)].sort((a, b) => a - b));
        expect(chain.every((number) => number >= 1 && number < all.length)).toBe(true);
      }),
    );
  });
});

describe('baseBlobs', () => {
  const { sequences } = aChain().baseline('ubi9').differential('logging').build();
  const inventories = new Map(sequences.map(({ number, inventory }) => [number, inventory]));

  it('returns the blobs of all sequences of the chain', () => {
    const blobs = baseBlobs([1, 2], { inventories, custodies: new Map() });
    expect(blobs.size).toBe(sequences[0]!.inventory.blobs.length + sequences[1]!.inventory.blobs.length);
  });

  it.each([
    ['held', [], true],
    ['retired', ['/media/old'], true],
    ['retired', [], false],
    ['lost', ['tape LT-0042'], false],
  ] as const)('for a sequence that is %s with copies in %j includes its blobs: %s', (state, copies, there) => {
    const blobs = baseBlobs([1, 2], {
      inventories,
      custodies: new Map([[1, { schema: 'seqmirror/v1', state, copies: copies.map((where) => ({ where })) }]]),
    });
    expect(blobs.has(sequences[0]!.inventory.blobs[0]!.digest)).toBe(there);
    expect(blobs.has(sequences[1]!.inventory.blobs[0]!.digest)).toBe(true);
  });
});
