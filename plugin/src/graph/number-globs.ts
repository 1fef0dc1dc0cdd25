/**
 * Glob patterns that together match the decimal numbers from 1 to `last`, and no others: about one a digit, so that
 * a chain of hundreds is named in a line. 37: `[1-9]`, `[1-2][0-9]`, `3[0-6]`, `37`.
 */
export function globsOfNumbersUpTo(last: number): string[] {
  const digits = String(last);
  const shorter = Array.from({ length: digits.length - 1 }, (_, index) => `[1-9]${'[0-9]'.repeat(index)}`);
  const sameLength = [...digits].flatMap((digit, place) => {
    const lowest = place === 0 ? 1 : 0;
    const highest = Number(digit) - 1;
    if (highest < lowest) return [];
    const choice = highest === lowest ? String(lowest) : `[${lowest}-${highest}]`;
    return [`${digits.slice(0, place)}${choice}${'[0-9]'.repeat(digits.length - place - 1)}`];
  });
  return [...shorter, ...sameLength, digits];
}
