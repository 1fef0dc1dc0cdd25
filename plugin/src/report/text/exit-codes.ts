/** The exit codes of a program for its help page, a line each. */
export function renderExitCodes(meanings: Readonly<Record<number, string>>): string {
  return Object.entries(meanings)
    .map(([code, meaning]) => `${code.padStart(5)}  ${meaning}`)
    .join('\n');
}
