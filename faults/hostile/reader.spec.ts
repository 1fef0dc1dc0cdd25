import { diceFrom } from '../../testing/lab/random';
import { tryCases } from './reader';

jest.setTimeout(5 * 60_000);

describe('tryCases', () => {
  it('names the cases that hang, crash, throw, write elsewhere or print escapes, and goes on behind each', async () => {
    const subject = 'one that misbehaves';
    const kinds = Array.from({ length: 40 }, (_, number) => diceFrom(1, subject, number).number(6));
    // One of each: a hang costs a second, twice.
    const to = Math.max(...[0, 1, 2, 3, 4, 5].map((kind) => kinds.indexOf(kind))) + 1;
    expect(to).toBeLessThan(20);
    const { wrong } = await tryCases({ subject, seed: 1, from: 0, to, longestMs: 700 });
    const said = [
      'it takes longer than 700 ms',
      'the process ends with SIGABRT',
      'it throws RangeError',
      'it wrote ["escaped","inside"]',
      'it prints "a\\u001b[2Jb"',
    ];
    const expected = kinds
      .slice(0, to)
      .flatMap((kind, number) => (kind === 5 ? [] : [[number, expect.stringContaining(said[kind] as string)]]));
    expect(wrong.map(({ case: number, what }) => [number, what])).toEqual(expected);
  });
});
