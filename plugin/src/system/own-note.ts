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
import type { ReadLimit } from './text-file';
import { readTextIfThere } from './text-file';

export interface NotePlace {
  readonly file: PathBelow;
  /** `undefined`: whoever can write in the folder is believed. */
  readonly keyFile: string | undefined;
  /** What such a note is good for, and nothing else is. */
  readonly purpose: string;
}

const OwnNote = z.strictObject({ note: z.json(), mac: z.string().max(64).optional() });

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

/** What is read, or `undefined` for a pipe, a link or an endless file in its place: nothing of ours. @throws SEQ0218 */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isSeqmirrorError(error) && error.code !== 'SEQ0218') return undefined;
    throw error;
  }
}
