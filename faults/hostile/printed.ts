import type { Explanation } from '../../plugin/src/system/errors';
import { renderExplanation } from '../../plugin/src/system/errors';

// Controls, terminal escapes among them; marks that turn or hide text; what breaks a line; half of a surrogate pair.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const longestLine = 5_000;

/** What a terminal must not be given, of the lines that people see; `undefined` when all is well. */
export function unprintableIn(lines: readonly string[]): string | undefined {
  const line = lines.find((text) => unprintable.test(text) || text.length > longestLine);
  return line === undefined ? undefined : JSON.stringify(line.slice(0, 500));
}

/** The lines that a finding becomes. Only its details may be of more than one. */
export function linesOf(explanation: Explanation): string[] {
  const { code, what, why = '', next = '', at, details = [], others = [] } = explanation;
  const parts = [code, what, why, next, at?.file ?? '', ...details.flatMap((detail) => detail.split('\n'))];
  return [...parts, ...others.flatMap(linesOf), ...renderExplanation(explanation).split('\n')];
}
