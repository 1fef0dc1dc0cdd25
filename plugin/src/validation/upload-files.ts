import { createHash } from 'node:crypto';
import type { ChainRecords } from '../mirror/mirror';
import { forPeople, sequencePath, inTree } from '../mirror/mirror';
import { uploadNames } from '../mirror/records';
import { uploadFileLimit } from '../sequence/record-limits';
import type { Finding } from '../system/errors';
import { readTextIfThere } from '../system/text-file';
import { uploadFilesEdited } from './record-errors';

/**
 * What is wrong with the script in a sequence's folder and with the files that it reads. Older sequences have neither.
 */
export async function uploadFilesFindings(place: ChainRecords, folder: string): Promise<Finding[]> {
  const pathOf = (name: string) => sequencePath(place, folder, name);
  const facts = await readTextIfThere(inTree(place, pathOf(uploadNames.facts)));
  if (facts === undefined) return [];
  const details: string[] = [];
  for (const [key, name] of [
    ['script_sha256', uploadNames.script],
    ['images_sha256', uploadNames.images],
  ] as const) {
    const expected = new RegExp(`^${key}=([0-9a-f]{64})$`, 'm').exec(facts)?.[1];
    const text = await readTextIfThere(inTree(place, pathOf(name)), { limit: uploadFileLimit });
    if (text === undefined) details.push(`${name} is missing`);
    else if (createHash('sha256').update(text).digest('hex') !== expected) details.push(`${name} was changed`);
  }
  if (details.length === 0) return [];
  return [uploadFilesEdited({ folder, file: forPeople(place, pathOf(uploadNames.facts)), details })];
}
