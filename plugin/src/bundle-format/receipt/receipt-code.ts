/**
 * A receipt in 12 characters, to be typed or read over a phone: `7K3M-ZQ4T-9XWA`.
 *
 * Eleven characters are the first 55 bits of sha256 over six lines, each with its line feed: seqmirror-receipt/1, site,
 * seal, bundle, verified, held_in, as in the receipt. Crockford's base32, without I, L, O and U; typed I and L count as
 * 1, O as 0. The twelfth is a check: the eleven as coefficients of a polynomial over GF(32) (modulus x^5 + x^2 + 1), at
 * x. It finds any single wrong character, and any two swapped ones.
 *
 * It contains no secret. A code shows that somebody at the site read it from a screen: it guards against slips and
 * mix-ups, not against lies, so it attests and does not prove. receipt.sh computes the same.
 */
import { sha256Of } from '../../system/sha256';

export interface CodedFacts {
  readonly site: string;
  readonly seal: string;
  /** `T0003`, or `-` if there was no bundle. */
  readonly bundle: string;
  readonly verified: string;
  readonly held_in: string;
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const dataCharacters = 11;

/** The code of a receipt, in groups of four. */
export function receiptCode({ site, seal, bundle, verified, held_in: heldIn }: CodedFacts): string {
  const text = ['seqmirror-receipt/1', site, seal, bundle, verified, heldIn].map((line) => `${line}\n`).join('');
  const bits = BigInt(`0x${sha256Of(text).slice(0, 14)}`) >> 1n;
  const values = Array.from({ length: dataCharacters }, (_, index) =>
    Number((bits >> BigInt(5 * (dataCharacters - 1 - index))) & 31n),
  );
  return grouped([...values, checkOf(values)].map((value) => alphabet[value]).join(''));
}

/**
 * The standard spelling of a code that people typed: in lower case, with spaces, with or without dashes, with I, L and
 * O for the digits that they resemble. `undefined` if it has not 12 characters, or the last does not fit the others.
 */
export function readReceiptCode(typed: string): string | undefined {
  const plain = typed
    .toUpperCase()
    .replace(/[\s-]+/g, '')
    .replace(/[IL]/g, '1')
    .replace(/O/g, '0');
  const values = [...plain].map((character) => alphabet.indexOf(character));
  if (values.length !== dataCharacters + 1 || values.includes(-1)) return undefined;
  return checkOf(values.slice(0, dataCharacters)) === values.at(-1) ? grouped(plain) : undefined;
}

function checkOf(values: readonly number[]): number {
  return values.reduce((sum, value) => timesX(sum ^ value), 0);
}

function timesX(value: number): number {
  const doubled = value << 1;
  return doubled > 31 ? doubled ^ 0b100101 : doubled;
}

function grouped(plain: string): string {
  return plain.replace(/(.{4})(?=.)/g, '$1-');
}
