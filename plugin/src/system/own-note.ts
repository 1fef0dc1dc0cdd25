/**
 * A note of ours in a folder that others may have written into: a data directory out of a backup, or of several accounts.
 * It carries a MAC by the operator's key, so that one which anybody else put there says nothing.
 */
import { z } from 'zod';
import { writeFileAtomically } from './atomic-file';
import type { Json } from './canonical-json';
import { isSeqmirrorError } from './errors';
import { valueOfJson } from './json-text';
import { isOwnMac, macOf } from './operator-key';
import type { PathBelow } from './path-below';
import { sha256Of } from './sha256';
import type { ReadLimit } from './text-file';
import { readTextIfThere } from './text-file';

export interface NotePlace {
  readonly file: PathBelow;
  /** `undefined`: whoever can write in the folder is believed. */
  readonly keyFile: string | undefined;
  /** What such a note is good for, and nothing else is. */
  readonly purpose: string;
}

/** Where nobody is believed without the key. */
export interface OwnPlace extends NotePlace {
  readonly keyFile: string;
}

/** Characters of a MAC. */
const macLength = 64;

const OwnNote = z.strictObject({ note: z.json(), mac: z.string().max(macLength).optional() });

/** Writes it; where no key can be kept, it will not be believed. @throws SEQ0218 for a key that cannot be used */
export async function writeOwnNote({ file, keyFile, purpose }: NotePlace, note: Json): Promise<void> {
  const mac = keyFile === undefined ? undefined : await macOf(keyFile, purpose, note);
  await writeFileAtomically(file, `${JSON.stringify({ note, mac })}\n`);
}

/**
 * What it says. `undefined` for a note that is missing or not ours.
 *
 * @throws SEQ0218 for a key that cannot be used; as readText for a file that can't be read
 */
export async function readOwnNote({ file, keyFile, purpose }: NotePlace, limit?: ReadLimit): Promise<unknown> {
  const text = await readTextIfThere(file, limit);
  const found = OwnNote.safeParse(text === undefined ? undefined : valueOfJson(text, ['note'])).data;
  if (found === undefined) return undefined;
  const { mac = '' } = found;
  const value = found.note as Json;
  return keyFile === undefined || (await isOwnMac(keyFile, { purpose, value, mac })) ? value : undefined;
}

/**
 * The same for a text of any length, which is not parsed: `<mac>\n<text>`. Where no key can be kept, nothing is written.
 *
 * @throws SEQ0218 for a key that cannot be used
 */
export async function writeOwnText({ file, keyFile, purpose }: OwnPlace, text: string): Promise<void> {
  const mac = await macOf(keyFile, purpose, sha256Of(text));
  if (mac !== undefined) await writeFileAtomically(file, `${mac}\n${text}`);
}

/** What writeOwnText wrote. `undefined` for a file that is missing or not ours. @throws as readOwnNote */
export async function readOwnText(
  { file, keyFile, purpose }: OwnPlace,
  limit?: ReadLimit,
): Promise<string | undefined> {
  const found = await readTextIfThere(file, limit);
  if (found === undefined) return undefined;
  const [mac, text] = [found.slice(0, macLength), found.slice(macLength + 1)];
  return (await isOwnMac(keyFile, { purpose, value: sha256Of(text), mac })) ? text : undefined;
}

/** What is read, or `undefined` for a pipe, a link or an endless file in its place: nothing of ours. @throws SEQ0218 */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isSeqmirrorError(error) && error.code !== 'SEQ0218') return undefined;
    throw error;
  }
}
