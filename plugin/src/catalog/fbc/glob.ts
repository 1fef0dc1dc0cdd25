/**
 * Patterns of one name, as Go's path/filepath.Match reads them: `*`, `?`, `[a-z]`, `[^a-z]`, and a backslash before a
 * literal character. Takes time in proportion to pattern times name, whatever the pattern.
 */

type PatternPart =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'one'; readonly character: string }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/** Whether the pattern matches the name; `undefined` if it is not a pattern. */
export function globMatches(pattern: string, name: string): boolean | undefined {
  const parts = partsOf([...pattern]);
  if (parts === undefined) return undefined;
  const characters = [...name];
  let [at, part] = [0, 0];
  let star: { readonly part: number; at: number } | undefined;
  while (at < characters.length) {
    const current = parts[part];
    if (current?.kind === 'star') {
      star = { part, at };
      part += 1;
    } else if (current !== undefined && takes(current, characters[at] as string)) {
      at += 1;
      part += 1;
    } else if (star !== undefined) {
      star.at += 1;
      at = star.at;
      part = star.part + 1;
    } else return false;
  }
  return parts.slice(part).every(({ kind }) => kind === 'star');
}

function takes(part: PatternPart, character: string): boolean {
  if (part.kind === 'any') return true;
  if (part.kind === 'one') return part.character === character;
  if (part.kind === 'star') return false;
  const point = character.codePointAt(0) as number;
  const isIn = part.ranges.some(
    ([low, high]) => point >= (low.codePointAt(0) as number) && point <= (high.codePointAt(0) as number),
  );
  return isIn !== part.negated;
}

function partsOf(pattern: readonly string[]): PatternPart[] | undefined {
  const parts: PatternPart[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] as string;
    if (character === '*') parts.push({ kind: 'star' });
    else if (character === '?') parts.push({ kind: 'any' });
    else if (character === '[') {
      const found = classAt(pattern, at + 1);
      if (found === undefined) return undefined;
      parts.push(found.part);
      at = found.end;
    } else if (character === '\\') {
      at += 1;
      const escaped = pattern[at];
      if (escaped === undefined) return undefined;
      parts.push({ kind: 'one', character: escaped });
    } else parts.push({ kind: 'one', character });
  }
  return parts;
}

function classAt(pattern: readonly string[], start: number): { part: PatternPart; end: number } | undefined {
  const negated = pattern[start] === '^';
  const ranges: (readonly [string, string])[] = [];
  let at = negated ? start + 1 : start;
  const one = (): string | undefined => {
    const character = pattern[at];
    if (character === undefined || character === '-' || character === ']') return undefined;
    at += 1;
    if (character !== '\\') return character;
    at += 1;
    return pattern[at - 1];
  };
  for (;;) {
    if (pattern[at] === ']' && ranges.length > 0) return { part: { kind: 'class', negated, ranges }, end: at };
    const low = one();
    if (low === undefined) return undefined;
    let high: string | undefined = low;
    if (pattern[at] === '-') {
      at += 1;
      high = one();
      if (high === undefined) return undefined;
    }
    ranges.push([low, high]);
  }
}
