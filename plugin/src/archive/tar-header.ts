/**
 * Headers of single tar entries: USTAR, and a PAX header before it where a name or a size does not fit.
 * The encoding is node-tar's; what is checked beyond it is where readers of tar are known to disagree.
 */
import { isUtf8 } from 'node:buffer';
import { Header, Pax } from 'tar';
import { impossible } from '../system/errors';
import { printable } from '../system/printable';
import type { DecodedHeader } from './ustar-header';
import { decodePlainHeader } from './ustar-header';

export const blockBytes = 512;

/** The end of an archive: two blocks of zeros. */
export const trailerBytes = 2 * blockBytes;

// One fixed time for every entry, so that the same content makes the same archive. GNU tar warns of 1970.
const fixedTime = new Date('1980-01-01T00:00:00Z');
const largestUstarBytes = 0o77777777777;

/** Bytes that a body occupies, padded to whole blocks. */
export function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

/** The header of a regular file, mode 0644 or 0755, without owner: 512 bytes, or 1536 and more where PAX is needed. */
export function encodeHeader({
  name,
  bytes,
  executable = false,
}: {
  name: string;
  bytes: number;
  executable?: boolean | undefined;
}): Buffer {
  const mode = executable ? 0o755 : 0o644;
  const header = new Header({ path: name, mode, uid: 0, gid: 0, size: bytes, mtime: fixedTime, type: 'File' });
  const block = Buffer.alloc(blockBytes);
  header.encode(block);
  const pax = {
    ...(new Header(block).path === name ? {} : { path: name }),
    ...(bytes > largestUstarBytes ? { size: bytes } : {}),
  };
  return Object.keys(pax).length === 0 ? block : Buffer.concat([new Pax(pax).encode(), block]);
}

/** Decodes one header block. A text instead of a header says what is wrong with it. */
export function decodeHeader(block: Buffer): DecodedHeader | string {
  if (block.length !== blockBytes) throw impossible(`a header of ${block.length} bytes`);
  return decodePlainHeader(block) ?? decodeAnyHeader(block);
}

/** The same by node-tar, which knows every kind of header, and takes some five times as long. */
export function decodeAnyHeader(block: Buffer): DecodedHeader | string {
  try {
    const header = new Header(block);
    // Nothing covers the checksum's own bytes: node-tar reads "12345@" as 12345, and Go and GNU tar refuse it.
    const isPlainSum = /^[ \0]*[0-7]+ *(?:\0|$)/.test(block.toString('latin1', 148, 156));
    if (!header.cksumValid || !isPlainSum) return 'the header is damaged (its checksum is wrong)';
    // node-tar reads "12x" as 10, and Go refuses it.
    const sizeField = block.toString('latin1', 124, 136);
    if (!/^ *[0-7]+[ \0]*$/.test(sizeField) && block[124] !== 0x80) return 'the header has no proper size';
    const { size } = header;
    if (size === undefined || !Number.isSafeInteger(size)) return 'the header has no proper size';
    const flag = String.fromCharCode(block[156] ?? 0);
    const utf8 = isUtf8(block.subarray(0, 100)) && isUtf8(block.subarray(345, 500));
    return { type: flag === '\0' ? '0' : flag, name: utf8 ? header.path : undefined, bytes: size };
  } catch {
    return 'the header holds a number that is too large';
  }
}

/** What a PAX header says of the entry after it, as far as it matters here. */
export interface PaxRecords {
  readonly path?: string | undefined;
  readonly bytes?: number | undefined;
  /** Whom the file belongs to, as far as it is said: nobody needs that to be true. */
  readonly owner?: Readonly<Partial<Record<OwnerKey, string>>> | undefined;
}

const ownerKeys = ['uid', 'gid', 'uname', 'gname'] as const;
type OwnerKey = (typeof ownerKeys)[number];

// Times, owners and remarks don't change what an entry is. Whatever else there may be (sparse maps, links) does.
const harmlessPaxKeys =
  /^(atime|ctime|mtime|comment|charset|hdrcharset|SCHILY\.(xattr\..*|dev|ino|nlink)|LIBARCHIVE\..*)$/;

/**
 * Reads a PAX body strictly: every record, or a text that says what is wrong. node-tar's own reader skips broken
 * records, which other programs refuse or read differently, and that is how one archive shows two contents.
 */
export function decodePax(body: Buffer): PaxRecords | string {
  if (!isUtf8(body)) return 'a PAX header is not UTF-8';
  let path: string | undefined;
  let bytes: number | undefined;
  let owner: Partial<Record<OwnerKey, string>> | undefined;
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = space < 0 ? NaN : Number(/^[1-9][0-9]{0,6}$/.exec(body.toString('latin1', at, space))?.[0]);
    const end = at + length;
    const equals = body.indexOf(0x3d, space);
    if (!(end <= body.length) || body[end - 1] !== 0x0a || equals < 0 || equals >= end)
      return 'a PAX record is damaged';
    const key = body.toString('utf8', space + 1, equals);
    const value = body.toString('utf8', equals + 1, end - 1);
    if (key === 'path' && value !== '') path = value;
    else if (key === 'size' && /^[0-9]{1,15}$/.test(value)) bytes = Number(value);
    else if (isOwnerKey(key)) owner = { ...owner, [key]: value };
    else if (!harmlessPaxKeys.test(key))
      return `a PAX header has the record "${printable(key, { limit: 60 })}", which is not taken`;
    at = end;
  }
  return {
    path,
    bytes,
    owner,
  };
}

function isOwnerKey(key: string): key is OwnerKey {
  return (ownerKeys as readonly string[]).includes(key);
}
