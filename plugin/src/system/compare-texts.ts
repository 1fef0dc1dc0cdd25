/** Orders texts by their UTF-16 code units, so that every machine has the same order in every locale. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
