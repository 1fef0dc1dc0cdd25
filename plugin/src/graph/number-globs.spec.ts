import { globsOfNumbersUpTo } from './number-globs';

// Character classes mean the same in both.
const asPattern = (last: number) => new RegExp(`^(?:${globsOfNumbersUpTo(last).join('|')})$`);

describe('globsOfNumbersUpTo', () => {
  it.each([
    [1, ['1']],
    [2, ['1', '2']],
    [37, ['[1-9]', '[1-2][0-9]', '3[0-6]', '37']],
    [300, ['[1-9]', '[1-9][0-9]', '[1-2][0-9][0-9]', '300']],
  ])('names those up to %d', (last, globs) => {
    expect(globsOfNumbersUpTo(last)).toEqual(globs);
  });

  it('matches exactly the numbers from 1 to the last', () => {
    const wrong: string[] = [];
    for (let last = 1; last <= 1200; last += 7) {
      const pattern = asPattern(last);
      for (let number = 0; number <= 1300; number += 1) {
        if (pattern.test(String(number)) !== (number >= 1 && number <= last)) wrong.push(`${number} of 1 to ${last}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
