import type { BlobRecord } from '../oci/blob';
import { counted } from '../system/counted';
import { SeqmirrorError } from '../system/errors';
import { readStrictJson } from '../system/strict-json';
import { mergeConflict, recordRefused } from '../yaml/errors';
import { conflictAt } from '../yaml/read-yaml';
import { issuesInWords } from '../yaml/schema-issues';
import { newerSchemaOf, recordSchema } from '../yaml/schema-version';
import { recordTooLarge } from './errors';
import type { ImageRecord, InventoryBlob, InventoryHead } from './inventory-record';
import { InventoryRecord, blobLine, imageLine, sortedLines } from './inventory-record';
import { readOwnLine } from './own-line';

/** What one sequence changes: its images against the previous sequence, and the blobs that its archives hold. */
export interface Inventory {
  readonly images: readonly ImageRecord[];
  readonly blobs: readonly BlobRecord[];
}

/**
 * Far above what chains need (a full release and catalog: some 20,000 records in 4 MB), and low enough for memory. The
 * longest line is an index or manifest with as many refs as BlobRecord allows.
 */
export const inventoryLimits = {
  characters: 256 * 1024 ** 2,
  lines: 1_000_000,
  lineCharacters: 2 * 1024 ** 2,
} as const;

/** seq-inventory.jsonl: a head, then images, then blobs, each group sorted. The same inventory gives the same text. */
export function encodeInventory({ images, blobs }: Inventory): string {
  const head = { record: 'inventory', schema: recordSchema, images: images.length, blobs: blobs.length };
  const lines = [JSON.stringify(head), ...sortedLines(images, imageLine), ...sortedLines(blobs, blobLine)];
  return `${lines.join('\n')}\n`;
}

/**
 * Reads seq-inventory.jsonl, with either kind of line end and in any order after the head.
 *
 * @throws SEQ0210 for a newer format, SEQ0211 for a damaged, cut or too large file, SEQ0212 for a merge conflict
 */
export function decodeInventory(text: string, file: string): Inventory {
  const { characters, lines: maxLines, lineCharacters } = inventoryLimits;
  if (text.length > characters)
    throw recordTooLarge({ file, found: text.length, limit: characters, unit: 'characters' });
  const conflict = conflictAt(text);
  if (conflict !== undefined) throw new SeqmirrorError(mergeConflict({ at: { file, line: conflict } }));

  let head: InventoryHead | undefined;
  const images = new Map<string, ImageRecord>();
  const blobs = new Map<string, BlobRecord>();
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    const at = { file, line: number };
    if (number > maxLines) throw recordTooLarge({ file, found: number, limit: maxLines, unit: 'lines' });
    if (line.length > lineCharacters)
      throw recordRefused({ at, what: `this line has more than ${lineCharacters} characters` });
    const own = readOwnLine(line);
    const record = own ?? parseRecord(line, at);
    if ((record.record === 'inventory') !== (number === 1)) {
      throw recordRefused({
        at,
        what: 'the first line, and only this line, must be the head {"record":"inventory",…}',
      });
    }
    if (record.record === 'inventory') head = record;
    else if (record.record === 'image') addOnce(images, own === undefined ? imageLine(record) : line, record, at);
    else addOnce(blobs, record.digest, blobOf(record), at);
  }
  if (head === undefined) throw recordRefused({ at: { file, line: 1 }, what: 'this file is empty' });
  if (head.images !== images.size || head.blobs !== blobs.size) {
    const what = `the head counts ${head.images} images and ${head.blobs} blobs; the file has ${counted(images.size, 'image')} and ${counted(blobs.size, 'blob')}`;
    throw recordRefused({ at: { file, line: 1 }, what });
  }
  return { images: [...images.values()], blobs: [...blobs.values()] };
}

function parseRecord(line: string, at: { file: string; line: number }): InventoryRecord {
  const value = valueOfLine(line, at);
  const newer = newerSchemaOf(value, at);
  if (newer !== undefined) throw new SeqmirrorError(newer);
  const result = InventoryRecord.safeParse(value);
  if (result.success) return result.data;
  const [first, ...others] = issuesInWords(result.error.issues, value, InventoryRecord).map(({ what }) => what);
  throw recordRefused({ at, what: first ?? 'this line is not a record of an inventory', details: others });
}

/**
 * A line that we wrote is exactly how its value is written, so it has no key twice; comparing is ten times faster than
 * looking.
 */
function valueOfLine(line: string, at: { file: string; line: number }): unknown {
  try {
    const value: unknown = JSON.parse(line);
    if (JSON.stringify(value) === line) return value;
  } catch {
    // The code below says what is wrong with it.
  }
  const read = readStrictJson(Buffer.from(line), { maps: [], integers: ['bytes'] });
  if ('refused' in read) throw recordRefused({ at, what: `this line is not valid: ${read.refused}` });
  return read.value;
}

function blobOf({ digest, bytes, mediaType, refs }: InventoryBlob): BlobRecord {
  return { digest, bytes, mediaType, refs };
}

function addOnce<T>(records: Map<string, T>, key: string, record: T, at: { file: string; line: number }): void {
  if (records.has(key)) throw recordRefused({ at, what: 'this record is in the file twice' });
  records.set(key, record);
}

function* linesOf(text: string): Iterable<string> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    yield text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
  }
}
