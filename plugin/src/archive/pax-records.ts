/**
 * What PAX headers say about the entries behind them (POSIX 1003.1, pax, "pax Header Block"), read strictly: node-tar
 * and Python ignore records that Go refuses, which is how one archive can show two contents.
 */
import { isUtf8 } from 'node:buffer';
import { printable } from '../system/printable';

/** The part of a PAX header that matters here, about the entry after it. */
export interface PaxRecords {
  readonly path?: string | undefined;
  readonly bytes?: number | undefined;
  /** The owner of the file, as far as it is recorded; it need not be true. */
  readonly owner?: Readonly<Partial<Record<OwnerKey, string>>> | undefined;
}

const ownerKeys = ['uid', 'gid', 'uname', 'gname'] as const;
type OwnerKey = (typeof ownerKeys)[number];

// As Go, GNU tar and bsdtar write them. Times and comments don't change what an entry is, but Go refuses an archive if
// it cannot read one. All other records (sparse maps, links, character sets) are refused.
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

// Layers of images come from many programs: links have names there, and makers add attributes under names of their own
// (RHT.security.selinux, MSWINDOWS.rawsd). Sparse files are stored in another way, and are refused.
const valuesInLayers: typeof values = [
  ...values,
  [/^linkpath$/, /^[^\0]+$/],
  [/^(?!GNU\.sparse)[A-Za-z]+\.[^\0]+$/, /^[^]*$/],
];

/**
 * Every record of a PAX header's body, or a text that says why it is refused.
 *
 * @param isGlobal for a header about all entries behind it, which Go ignores and others apply: only a comment
 *   is accepted there
 * @param inLayer for a header in a layer of an image, whose makers write more, including bytes that are not text
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
    if (known === undefined || (isGlobal && key !== 'comment'))
      return `a PAX header has ${shown}, which seqmirror does not accept`;
    if (!known[1].test(value)) return `a PAX header has ${shown} with a value that programs read in different ways`;
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
