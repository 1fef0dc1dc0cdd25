/** One way to authenticate that a server offers: RFC 9110 section 11.6.1. Scheme and parameter names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const mostCharacters = 16 * 1024;
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(`(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, 'y');
const schemeName = new RegExp(`(${token})(?=[ \\t,]|$)`, 'y');
const separators = /[ \t,]*/y;

/**
 * Reads a WWW-Authenticate header: several challenges, commas inside quotes, escaped quotes. Stops at what it doesn't
 * understand and returns the challenges up to there.
 */
export function parseChallenges(header: string | undefined): Challenge[] {
  const text = header ?? '';
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  if (text.length > mostCharacters) return challenges;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  let at = 0;
  while (at < text.length) {
    take(separators);
    const current = challenges.at(-1);
    const pair = current === undefined ? null : take(parameter);
    if (current !== undefined && pair !== null) {
      current.parameters[(pair[1] as string).toLowerCase()] = pair[2]?.replace(/\\(.)/g, '$1') ?? (pair[3] as string);
      continue;
    }
    const scheme = take(schemeName);
    if (scheme === null) break;
    challenges.push({
      scheme: (scheme[1] as string).toLowerCase(),
      parameters: Object.create(null) as Record<string, string>,
    });
  }
  return challenges;
}
