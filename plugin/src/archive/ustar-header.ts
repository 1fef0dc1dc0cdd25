/**
 * The headers that archives consist of, read without building what nobody asks for: an archive has as many as 60,000,
 * and node-tar makes some twenty strings and dates of each. POSIX 1003.1, pax, "ustar Interchange Format":
 *
 *   offset  width                        offset  width
 *        0    100  name                     257      8  magic and version: ustar\0 00
 *      100      8  mode                     265     32  user's name
 *      108      8  user's number            297     32  group's name
 *      116      8  group's number           329     16  device
 *      124     12  size                     345    155  prefix of the name (node-tar: 130, then times, if the
 *      136     12  time                                 byte at 475 is 0)
 *      148      8  checksum
 *      156      1  type
 *      157    100  name of what it links to
 */

/** What a header block says of an entry. */
export interface DecodedHeader {
  /** The type flag: `0` a regular file, `5` a folder, `x` PAX for the next entry, `L` GNU long name, … */
  readonly type: string;
  /** `undefined`: not UTF-8. */
  readonly name: string | undefined;
  readonly bytes: number;
}

const headerBytes = 512;
const magic = Buffer.from('ustar\u000000', 'latin1');
// Where node-tar reads numbers, each of which may be base 256 instead.
const numberOffsets = [100, 108, 116, 124, 136, 148, 329, 337, 476, 488];
const checksum = { offset: 148, bytes: 8 };
const size = { offset: 124, bytes: 12 };
const prefix = { offset: 345, end: 500, longFrom: 475 };
const typeOffset = 156;

/**
 * Decodes the header of a regular file whose fields are all as the standard has them; `undefined` for any other block,
 * honest or not, which is node-tar's to judge. What this accepts, node-tar decodes to the same (the spec compares).
 */
export function decodePlainHeader(block: Buffer): DecodedHeader | undefined {
  const flag = block[typeOffset];
  if (flag !== 0x30 && flag !== 0) return undefined;
  if (block.compare(magic, 0, magic.length, 257, 257 + magic.length) !== 0) return undefined;
  for (const offset of numberOffsets) if (isHigh(block[offset])) return undefined;
  const bytes = octal(block, size);
  const sum = octal(block, checksum);
  if (bytes === undefined || sum === undefined || sum !== sumOf(block)) return undefined;

  const nameEnd = textEnd(block, 0, 100);
  // node-tar takes "name/" for a folder.
  if (nameEnd === undefined || nameEnd === 0 || block[nameEnd - 1] === 0x2f) return undefined;
  const isLong = block[prefix.longFrom] !== 0;
  const prefixEnd = textEnd(block, prefix.offset, isLong ? prefix.end : prefix.longFrom);
  if (prefixEnd === undefined) return undefined;
  for (let at = prefix.longFrom; at < prefix.end; at += 1) if (isHigh(block[at])) return undefined;
  const name = block.toString('latin1', 0, nameEnd);
  if (prefixEnd === prefix.offset) return { type: '0', name, bytes };
  return { type: '0', name: `${block.toString('latin1', prefix.offset, prefixEnd)}/${name}`, bytes };
}

function isHigh(byte: number | undefined): boolean {
  return byte === undefined || byte >= 0x80;
}

/** Octal digits from a field's first byte on, then zero bytes and blanks, one at least. */
function octal(block: Buffer, { offset, bytes }: { offset: number; bytes: number }): number | undefined {
  let value = 0;
  let at = offset;
  for (const end = offset + bytes; at < end; at += 1) {
    const digit = (block[at] as number) - 0x30;
    if (digit < 0 || digit > 7) break;
    // Not by shifts: a size has 33 bits.
    value = value * 8 + digit;
  }
  if (at === offset || at === offset + bytes) return undefined;
  for (; at < offset + bytes; at += 1) if (block[at] !== 0 && block[at] !== 0x20) return undefined;
  return value;
}

function sumOf(block: Buffer): number {
  let sum = checksum.bytes * 0x20;
  for (let at = 0; at < checksum.offset; at += 1) sum += block[at] as number;
  for (let at = typeOffset; at < headerBytes; at += 1) sum += block[at] as number;
  return sum;
}

/** Where an ASCII text ends, behind which its field is zeros; `undefined` when that isn't so. */
function textEnd(block: Buffer, from: number, to: number): number | undefined {
  let end = from;
  while (end < to && block[end] !== 0) {
    if (isHigh(block[end])) return undefined;
    end += 1;
  }
  for (let at = end; at < to; at += 1) if (block[at] !== 0) return undefined;
  return end;
}
