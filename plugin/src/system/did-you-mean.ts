/**
 * The candidate that a mistyped word probably stands for: at most two typing errors away, three in a word of fifteen
 * letters, ignoring case.
 */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 64) return undefined;
  const [best] = candidates
    .map((candidate) => ({ candidate, slips: slipsBetween(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= mostSlips(candidate.length))
    .sort((a, b) => a.slips - b.slips);
  return best?.candidate;
}

function mostSlips(letters: number): number {
  return Math.min(Math.max(2, Math.floor(letters / 5)), Math.floor(letters / 2));
}

// Optimal string alignment: letters added, left out, changed, or two neighbours swapped.
function slipsBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const changed = a[row - 1] === b[column - 1] ? 0 : 1;
      let slips = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + changed);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        slips = Math.min(slips, beforeLast[column - 2]! + 1);
      }
      current.push(slips);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
