/**
 * Decodes a tar header from its block alone: type, name, number of bytes. POSIX 1003.1, pax, "ustar Interchange
 * Format", and GNU tar's variant:
 *
 *   offset  width                        offset  width
 *        0    100  name                     257      8  magic and version: ustar\0 00, or GNU's ustar  \0
 *      100      8  mode                     265     32  user's name
 *      108      8  user's number            297     32  group's name
 *      116      8  group's number           329      8  device, major
 *      124     12  size                     337      8  device, minor
 *      136     12  time                     345    155  USTAR: prefix of the name
 *      148      8  checksum                 345    167  GNU: times and maps of sparse files, which are not taken
 *      156      1  type                     500     12  USTAR: nothing
 *      157    100  name of what it links to
 *
 * Accepts what Go's archive/tar writes for oc-mirror, what seqmirror writes, and what GNU tar writes for regular files.
 * Every other block is refused, since Go, GNU tar, Python and node-tar read it differently, or may some day;
 * faults/hostile/two-readers compares them.
 */
import { isUtf8 } from 'node:buffer';
import { impossible } from '../system/errors';

/** The content of a header block. */
export interface DecodedHeader {
  /** The type flag: `0` a regular file, `5` a folder, `x` PAX for the next entry, `L` GNU long name, … */
  readonly type: string;
  readonly format: 'ustar' | 'gnu';
  /** `undefined`: not UTF-8. */
  readonly name: string | undefined;
  /** Why the name in the block cannot be used, unless an extension header has another one. */
  readonly nameTrouble: string | undefined;
  readonly bytes: number;
}

export const blockBytes = 512;

/** The largest size that eleven octal digits hold: one byte less than 8 GiB. */
export const largestOctalBytes = 0o77777777777;

interface Field {
  readonly offset: number;
  readonly bytes: number;
}

const fields = {
  name: { offset: 0, bytes: 100 },
  mode: { offset: 100, bytes: 8 },
  user: { offset: 108, bytes: 8 },
  group: { offset: 116, bytes: 8 },
  size: { offset: 124, bytes: 12 },
  time: { offset: 136, bytes: 12 },
  checksum: { offset: 148, bytes: 8 },
  linkName: { offset: 157, bytes: 100 },
  magic: { offset: 257, bytes: 8 },
  major: { offset: 329, bytes: 8 },
  minor: { offset: 337, bytes: 8 },
  prefix: { offset: 345, bytes: 155 },
  behindPrefix: { offset: 500, bytes: 12 },
  behindMinor: { offset: 345, bytes: 167 },
} as const satisfies Record<string, Field>;
const typeOffset = 156;
const magics = { ustar: Buffer.from('ustar\u000000', 'latin1'), gnu: Buffer.from('ustar  \0', 'latin1') };
const highestMode = 0o7777;
const highestModeWithType = 0o177777;
const zeros = Buffer.alloc(blockBytes);

/**
 * Decodes one header block. A text instead of a header says why it is refused.
 *
 * @param inLayer for a header in a layer of an image: Docker wrote the type of a file into its mode until 2023
 */
export function decodeHeader(block: Buffer, { inLayer = false } = {}): DecodedHeader | string {
  if (block.length !== blockBytes) throw impossible(`a header of ${block.length} bytes`);
  const sum = octal(block, fields.checksum);
  // The sum of unsigned bytes. Some programs also accept the sum of signed bytes, others don't.
  if (sum === undefined || sum !== sumOf(block)) return 'the header is damaged (its checksum is wrong)';
  const format = formatOf(block);
  if (format === undefined) return 'the format of the header is not USTAR or GNU';
  const bytes = number(block, fields.size);
  if (bytes === undefined) return 'the size in the header is not valid';
  const trouble = troubleWithNumbers(block, inLayer ? highestModeWithType : highestMode);
  if (trouble !== undefined) return trouble;
  const type = String.fromCharCode(block[typeOffset] as number);
  if (type === '0' && !isZero(block, fields.linkName)) return 'the header of a regular file has a link target';
  // GNU tar reads the bytes behind the prefix's end as times, as star writes them, and refuses what is not a time, even
  // if the name comes from an extension header.
  const hasExtras =
    format === 'gnu'
      ? !isZero(block, fields.behindMinor)
      : !isZero(block, fields.behindPrefix) || !textIn(block, fields.prefix).isWhole;
  if (hasExtras) return 'the header has extra fields that programs read in different ways';
  return { type, format, bytes, ...nameIn(block, format) };
}

/** The owner's numbers in a header block; 0 for something that is not a number. */
export function ownerNumbers(block: Buffer): { readonly uid: number; readonly gid: number } {
  return { uid: number(block, fields.user) ?? 0, gid: number(block, fields.group) ?? 0 };
}

function formatOf(block: Buffer): DecodedHeader['format'] | undefined {
  const { offset, bytes } = fields.magic;
  if (block.compare(magics.ustar, 0, bytes, offset, offset + bytes) === 0) return 'ustar';
  return block.compare(magics.gnu, 0, bytes, offset, offset + bytes) === 0 ? 'gnu' : undefined;
}

/** Go and Python refuse a whole archive for one number that they cannot read, wherever it is. */
function troubleWithNumbers(block: Buffer, most: number): string | undefined {
  // All programs read an empty field as 0.
  const isNumber = (field: Field): boolean => isZero(block, field) || number(block, field) !== undefined;
  // More bits than the permissions would be a type, which Go applies and others don't.
  if (!isNumber(fields.mode) || (number(block, fields.mode) ?? 0) > most) return 'the mode in the header is not valid';
  if (!isNumber(fields.user) || !isNumber(fields.group)) return 'the owner in the header is not valid';
  if (!isNumber(fields.time)) return 'the time in the header is not valid';
  return isNumber(fields.major) && isNumber(fields.minor) ? undefined : 'the device number in the header is not valid';
}

function nameIn(block: Buffer, format: DecodedHeader['format']): Pick<DecodedHeader, 'name' | 'nameTrouble'> {
  const name = textIn(block, fields.name);
  const prefix = format === 'ustar' ? textIn(block, fields.prefix) : { text: '', isWhole: true };
  const nameTrouble = !name.isWhole
    ? 'the name of an entry continues after a zero byte'
    : name.text === ''
      ? 'an entry has no name'
      : undefined;
  if (name.text === undefined || prefix.text === undefined) return { name: undefined, nameTrouble };
  return { name: prefix.text === '' ? name.text : `${prefix.text}/${name.text}`, nameTrouble };
}

/** A text up to the first zero byte, as all programs read it; `undefined` if it is not UTF-8. */
function textIn(block: Buffer, { offset, bytes }: Field): { text: string | undefined; isWhole: boolean } {
  const end = offset + bytes;
  const zero = block.indexOf(0, offset);
  const textEnd = zero < 0 || zero > end ? end : zero;
  const isWhole = isZero(block, { offset: textEnd, bytes: end - textEnd });
  const isAscii = !hasHigh(block, offset, textEnd);
  if (isAscii) return { text: block.toString('latin1', offset, textEnd), isWhole };
  const text = isUtf8(block.subarray(offset, textEnd)) ? block.toString('utf8', offset, textEnd) : undefined;
  return { text, isWhole };
}

/**
 * A number in octal digits, or in base 256, as GNU tar writes it if octal digits are too few: `0x80`, then big-endian.
 */
function number(block: Buffer, field: Field): number | undefined {
  const { offset, bytes } = field;
  if (block[offset] !== 0x80) return octal(block, field);
  let value = 0;
  for (let at = offset + 1; at < offset + bytes; at += 1) value = value * 256 + (block[at] as number);
  return Number.isSafeInteger(value) && value >= 8 ** (bytes - 1) ? value : undefined;
}

/** Octal digits from a field's first byte, then at least one zero byte or blank. */
function octal(block: Buffer, { offset, bytes }: Field): number | undefined {
  let value = 0;
  let at = offset;
  for (const end = offset + bytes; at < end; at += 1) {
    const digit = (block[at] as number) - 0x30;
    if (digit < 0 || digit > 7) break;
    // Not with shifts: a size has 33 bits.
    value = value * 8 + digit;
  }
  if (at === offset || at === offset + bytes) return undefined;
  for (; at < offset + bytes; at += 1) if (block[at] !== 0 && block[at] !== 0x20) return undefined;
  return value;
}

function sumOf(block: Buffer): number {
  let sum = fields.checksum.bytes * 0x20;
  for (let at = 0; at < fields.checksum.offset; at += 1) sum += block[at] as number;
  for (let at = typeOffset; at < blockBytes; at += 1) sum += block[at] as number;
  return sum;
}

function hasHigh(block: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if ((block[at] as number) >= 0x80) return true;
  return false;
}

function isZero(block: Buffer, { offset, bytes }: Field): boolean {
  return block.compare(zeros, 0, bytes, offset, offset + bytes) === 0;
}
