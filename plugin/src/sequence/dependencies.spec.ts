import fc from 'fast-check';
import { digestOf } from '../../../testing/images/small-image';
import { blobSetOf } from './closure';
import { dependenciesOf } from './dependencies';

const setOf = (names: string) => blobSetOf([...names].map((name) => ({ digest: digestOf(name), bytes: 10 })));
const needs = (closure: string, own: string, holders: Record<number, string>, linkedIn: readonly number[] = []) =>
  dependenciesOf({
    closure: setOf(closure),
    own: setOf(own),
    holders: new Map(Object.entries(holders).map(([number, names]) => [Number(number), setOf(names)])),
    linkedIn: new Set(linkedIn),
  });

describe('dependenciesOf', () => {
  it.each<{ name: string; closure: string; own: string; holders: Record<number, string>; numbers: number[] }>([
    { name: 'nothing if all blobs are its own', closure: 'ab', own: 'abc', holders: { 1: 'ab' }, numbers: [] },
    {
      name: 'the sequences that hold what it lacks',
      closure: 'abc',
      own: 'a',
      holders: { 1: 'b', 2: 'c', 3: 'd' },
      numbers: [1, 2],
    },
    { name: 'the latest of several holders', closure: 'ab', own: 'a', holders: { 1: 'b', 2: 'b' }, numbers: [2] },
    {
      name: 'one sequence that holds what two others hold',
      closure: 'abc',
      own: 'a',
      holders: { 1: 'bc', 2: 'c' },
      numbers: [1],
    },
  ])('are $name', ({ closure, own, holders, numbers }) => {
    expect(needs(closure, own, holders).map(({ number }) => number)).toEqual(numbers);
  });

  it('are those too that hold nothing but links, and what these hold needs no other', () => {
    expect(needs('abc', 'a', { 1: 'b', 2: 'bc', 3: '' }, [1, 3])).toEqual([
      { number: 1, blobs: 0, bytes: 0 },
      { number: 2, blobs: 2, bytes: 20 },
      { number: 3, blobs: 0, bytes: 0 },
    ]);
    expect(needs('ab', 'a', { 1: 'b', 2: 'b' }, [1]).map(({ number }) => number)).toEqual([1]);
  });

  it('say how much of each sequence is used', () => {
    expect(needs('abcd', 'a', { 1: 'bxyz', 2: 'cd' })).toEqual([
      { number: 1, blobs: 1, bytes: 10 },
      { number: 2, blobs: 2, bytes: 20 },
    ]);
  });

  it('cover the closure, and would not if any one of them were left out', () => {
    const names = fc.uniqueArray(fc.constantFrom(...'abcdefgh')).map((letters) => letters.join(''));
    fc.assert(
      fc.property(names, fc.array(names, { minLength: 1, maxLength: 6 }), (own, held) => {
        const closure = [...new Set([...own, ...held.join('')])].join('');
        const holders = Object.fromEntries(held.map((letters, index) => [index + 1, letters]));
        const numbers = needs(closure, own, holders).map(({ number }) => number);
        const covers = (kept: number[]) => {
          const all = own + kept.map((number) => holders[number]).join('');
          return [...closure].every((letter) => all.includes(letter));
        };
        expect(covers(numbers)).toBe(true);
        for (const number of numbers) expect(covers(numbers.filter((other) => other !== number))).toBe(false);
      }),
    );
  });
});
