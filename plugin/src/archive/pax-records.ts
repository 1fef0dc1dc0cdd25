/**
 * What PAX headers say of the entries behind them (POSIX 1003.1, pax, "pax Header Block"), read strictly: node-tar and
 * Python pass over records that Go refuses, and that is how one archive shows two contents.
 */
import { isUtf8 } from 'node:buffer';
import { printable } from '../system/printable';

/** What a PAX header says of the entry after it, as far as it matters here. */
export interface PaxRecords {
  readonly path?: string | undefined;
  readonly bytes?: number | undefined;
  /** Whom the file belongs to, as far as it is said: nobody needs that to be true. */
  readonly owner?: Readonly<Partial<Record<OwnerKey, string>>> | undefined;
}

const ownerKeys = ['uid', 'gid', 'uname', 'gname'] as const;
type OwnerKey = (typeof ownerKeys)[number];

// As Go, GNU tar and bsdtar write them. Times and remarks don't change what an entry is, and yet Go refuses an archive
// for one that it cannot read. Whatever else there may be (sparse maps, links, character sets) is not taken at all.
const whole = /^(?:0|[1-9][0-9]{0,14})$/;
const time = /^-?[0-9]{1,11}(?:\.[0-9]{1,9})?$/;
const anything = /^[^]+$/;
const values: readonly (readonly [key: RegExp, value: RegExp])[] = [
  [/^path$/, /^[^\0]+$/],
  [/^(?:size|uid|gid)$/, whole],
  [/^(?:uname|gname)$/, /^[^\0]+$/],
  [/^(?:atime|ctime|mtime)$/, time],
  [/^(?:comment|SCHILY\.(?:xattr\.[^\0]*|dev|ino|nlink)|LIBARCHIVE\.[^\0]*)$/, anything],
];

// Layers of images come from many programs: links have names there, and whoever makes files adds marks under a name of
// its own (RHT.security.selinux, MSWINDOWS.rawsd). A sparse file has its own way to lie in an archive, and is not taken.
const valuesInLayers: typeof values = [
  ...values,
  [/^linkpath$/, /^[^\0]+$/],
  [/^(?!GNU\.sparse)[A-Za-z]+\.[^\0]+$/, /^[^]*$/],
];

/**
 * Every record of a PAX header's body, or a text that says why it is not taken.
 *
 * @param isGlobal for a header that speaks of all entries behind it, which Go passes over and others believe: nothing
 *   but a remark is taken there
 * @param inLayer for one in a layer of an image, whose makers write more, bytes that are no text too
 */
export function decodePax(body: Buffer, { isGlobal = false, inLayer = false } = {}): PaxRecords | string {
  if (!inLayer && !isUtf8(body)) return 'a PAX header is not UTF-8';
  const records = new Map<string, string>();
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = space < 0 ? NaN : Number(/^[1-9][0-9]{0,6}$/.exec(body.toString('latin1', at, space))?.[0]);
    const end = at + length;
    const equals = body.indexOf(0x3d, space);
    if (!(end <= body.length) || body[end - 1] !== 0x0a || equals < 0 || equals >= end)
      return 'a PAX record is damaged';
    const key = body.toString('utf8', space + 1, equals);
    const value = body.toString('utf8', equals + 1, end - 1);
    const shown = `the record "${printable(key, { limit: 60 })}"`;
    const known = (inLayer ? valuesInLayers : values).find(([keys]) => keys.test(key));
    if (known === undefined || (isGlobal && key !== 'comment')) return `a PAX header has ${shown}, which is not taken`;
    if (!known[1].test(value)) return `a PAX header has ${shown} with a value that programs read differently`;
    if (records.has(key)) return `a PAX header has ${shown} twice`;
    records.set(key, value);
    at = end;
  }
  const size = records.get('size');
  const owner = ownerKeys.flatMap((key) => (records.has(key) ? [[key, records.get(key)]] : []));
  return {
    path: records.get('path'),
    bytes: size === undefined ? undefined : Number(size),
    owner: owner.length === 0 ? undefined : (Object.fromEntries(owner) as Partial<Record<OwnerKey, string>>),
  };
}
