/**
 * Which volumes this account has written: the hashes of their SHA256SUMS, in the data directory, with a MAC. A medium
 * may have been in other hands meanwhile, so what is on it is signed again only if it is one of these.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { DataDirectory } from '../../mirror/data-directory';
import { inData } from '../../mirror/data-directory';
import type { NotePlace } from '../../system/own-note';
import { readOwnNote, writeOwnNote } from '../../system/own-note';

// The newest are kept; a volume whose entry is gone is written again.
const mostNoted = 1000;
const Sums = z.array(z.string().max(64)).max(mostNoted);

function placeIn(data: DataDirectory): NotePlace {
  const file = inData(data, join(data.root, 'written-volumes.json'));
  return { file, keyFile: data.keyFile, purpose: 'seqmirror written volumes 2' };
}

/** @param sums sha256 of a SHA256SUMS, hexadecimal */
export async function noteWritten(data: DataDirectory, sums: string): Promise<void> {
  const noted = [...(await writtenVolumes(data)).filter((each) => each !== sums), sums].slice(-mostNoted);
  await writeOwnNote(placeIn(data), noted);
}

/** The hashes; empty if others wrote them. */
export async function writtenVolumes(data: DataDirectory): Promise<readonly string[]> {
  return Sums.safeParse(await readOwnNote(placeIn(data))).data ?? [];
}
