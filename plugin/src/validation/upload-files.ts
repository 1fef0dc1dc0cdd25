import { uploadScript } from '../bundle-format/upload-script/upload-script';
import type { ChainRecords } from '../mirror/mirror';
import { forPeople, sequencePath, inTree } from '../mirror/mirror';
import { mirrorScriptFile, uploadNames } from '../mirror/records';
import { uploadFileLimit } from '../sequence/record-limits';
import type { Finding } from '../system/errors';
import { isThere } from '../system/files';
import { sha256Of } from '../system/sha256';
import { readTextIfThere } from '../system/text-file';
import { mirrorScriptEdited, uploadFilesEdited } from './record-errors';

/**
 * What is wrong with the script in a sequence's folder and with the files that it reads. Older sequences have neither.
 */
export async function uploadFilesFindings(place: ChainRecords, folder: string): Promise<Finding[]> {
  const pathOf = (name: string) => sequencePath(place, folder, name);
  const facts = await readTextIfThere(inTree(place, pathOf(uploadNames.facts)));
  if (facts === undefined) return [];
  const details: string[] = [];
  const isInGit = await isThere(mirrorScriptFile(place));
  for (const [key, name] of [
    ['script_sha256', uploadNames.script],
    ['images_sha256', uploadNames.images],
  ] as const) {
    const expected = hashIn(facts, key);
    const text = await readTextIfThere(inTree(place, pathOf(name)), { limit: uploadFileLimit });
    // Git ignores it, so that a clone has none until it has archives to carry.
    if (text === undefined && name === uploadNames.script && isInGit) continue;
    if (text === undefined) details.push(`${name} is missing`);
    else if (sha256Of(text) !== expected) details.push(`${name} was changed`);
  }
  if (details.length === 0) return [];
  return [uploadFilesEdited({ folder, file: forPeople(place, pathOf(uploadNames.facts)), details })];
}

/**
 * Whether content/seq-upload.sh, from which new copies are made, is what some release wrote: this one, or the one that
 * sealed a sequence. Mirrors that were sealed by earlier ones have none.
 *
 * @param folders of sealed sequences
 */
export async function mirrorScriptFindings(place: ChainRecords, folders: readonly string[]): Promise<Finding[]> {
  const file = mirrorScriptFile(place);
  const text = await readTextIfThere(inTree(place, file), { limit: uploadFileLimit });
  if (text === undefined || text === (await uploadScript())) return [];
  for (const folder of folders.toReversed()) {
    const facts = await readTextIfThere(inTree(place, sequencePath(place, folder, uploadNames.facts)));
    if (facts !== undefined && hashIn(facts, 'script_sha256') === sha256Of(text)) return [];
  }
  return [mirrorScriptEdited({ file: forPeople(place, file) })];
}

function hashIn(facts: string, key: 'script_sha256' | 'images_sha256'): string | undefined {
  return new RegExp(`^${key}=([0-9a-f]{64})$`, 'm').exec(facts)?.[1];
}
