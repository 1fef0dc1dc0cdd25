export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * The same text for the same value: keys sorted by code unit, no spaces, keys with undefined left out (RFC 8785 for the
 * values used here: strings, booleans, null and integers within the safe range).
 *
 * @throws RangeError for numbers that have more than one reasonable spelling
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`${value} has no canonical spelling; only safe integers do`);
  }
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) text += `${text === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${text}]`;
  }
  const members = value as { readonly [key: string]: Json | undefined };
  const keys = Object.keys(members);
  for (const key of keys.length > 1 ? keys.sort() : keys) {
    const member = members[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

// Most texts need no escape, and finding that out takes less time than a call of JSON.stringify.
const withoutEscapes = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return withoutEscapes.test(text) ? `"${text}"` : JSON.stringify(text);
}
