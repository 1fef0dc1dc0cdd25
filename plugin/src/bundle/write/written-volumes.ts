/**
 * Which volumes this account has written: the hashes of their SHA256SUMS, in the data directory, with a MAC. A medium
 * may have been in other hands meanwhile, so what is on it is signed again only if it is one of these.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { DataDirectory } from '../../mirror/data-directory';
import { inData } from '../../mirror/data-directory';
import { isOwnMac, macOf } from '../../mirror/operator-key';
import { writeFileAtomically } from '../../system/atomic-file';
import { valueOfJson } from '../../system/json-text';
import { readTextIfThere } from '../../system/text-file';

// The newest are kept; a volume whose entry is gone is written again.
const mostNoted = 1000;
const purpose = 'seqmirror written volumes 1';
const WrittenVolumes = z.strictObject({ sums: z.array(z.string().max(64)).max(mostNoted), mac: z.string() });

const fileIn = (data: DataDirectory) => inData(data, join(data.root, 'written-volumes.json'));

/** @param sums sha256 of a SHA256SUMS, hexadecimal */
export async function noteWritten(data: DataDirectory, sums: string): Promise<void> {
  const noted = [...(await writtenVolumes(data)).filter((each) => each !== sums), sums].slice(-mostNoted);
  const mac = await macOf(data.keyFile, purpose, noted);
  if (mac !== undefined) await writeFileAtomically(fileIn(data), `${JSON.stringify({ sums: noted, mac })}\n`);
}

/** The hashes; empty if others wrote them. */
export async function writtenVolumes(data: DataDirectory): Promise<readonly string[]> {
  const text = await readTextIfThere(fileIn(data));
  const found = WrittenVolumes.safeParse(valueOfJson(text ?? '')).data;
  if (found === undefined) return [];
  return (await isOwnMac(data.keyFile, { purpose, value: found.sums, mac: found.mac })) ? found.sums : [];
}
