/**
 * Writes the files for uploading into a sequence's folder, and removes them. The facts, seq-upload.env, show that the
 * other files are ours: they are written last and removed last.
 *
 * Git keeps one script for all sequences, content/seq-upload.sh, of the release that wrote the last one. The copy in a
 * sequence's folder is there for `cp -rL`, as its archives are, and is ignored as they are.
 */
import { join } from 'node:path';
import { isArchiveName } from '../../archive/names';
import { uploadFileLimit } from '../../sequence/record-limits';
import type { Seal } from '../../sequence/seal';
import { writeFileAtomically } from '../../system/atomic-file';
import { removeFile, move } from '../../system/change-folder';
import { isThere, namesIn } from '../../system/files';
import { readTextIfThere } from '../../system/text-file';
import type { ChainRecords } from '../mirror';
import { inTree, sequencePath } from '../mirror';
import { mirrorScriptFile, uploadNames } from '../records';
import type { UploadName } from './commit';

/** The texts by name, in the order of writing: seq-upload.env comes last. */
export type UploadFiles = ReadonlyMap<UploadName, string>;

/**
 * Whether a sequence's folder has all of them for this seal, from any release. Where there are no archives, as in a
 * fresh clone, nobody copies it, and it needs no script.
 */
export async function hasUploadFiles(mirror: ChainRecords, sequence: string, seal: Seal): Promise<boolean> {
  const folder = sequencePath(mirror, sequence);
  const facts = (await readTextIfThere(inTree(mirror, join(folder, uploadNames.facts)))) ?? '';
  if (!facts.includes(`\nseal=${seal}\n`)) return false;
  if (!(await isThere(join(folder, uploadNames.images)))) return false;
  return (await isThere(join(folder, uploadNames.script))) || !(await namesIn(folder)).some(isArchiveName);
}

/** Writes them unless they are there. If seq-upload.sh is not ours, it is kept as seq-upload.original.sh. */
export async function putUploadFiles(
  mirror: ChainRecords,
  sequence: string,
  { seal, texts }: { readonly seal: Seal; readonly texts: UploadFiles },
): Promise<void> {
  if (await hasUploadFiles(mirror, sequence, seal)) return;
  await setAside(mirror, sequence);
  const script = texts.get(uploadNames.script);
  if (script !== undefined) await putMirrorScript(mirror, script);
  for (const [name, text] of texts) {
    const executable = name === uploadNames.script;
    await writeFileAtomically(inTree(mirror, sequencePath(mirror, sequence, name)), text, { executable });
  }
}

async function putMirrorScript(mirror: ChainRecords, text: string): Promise<void> {
  const place = inTree(mirror, mirrorScriptFile(mirror));
  if ((await readTextIfThere(place, { limit: uploadFileLimit })) === text) return;
  await writeFileAtomically(place, text, { executable: true });
}

export async function removeUploadFiles(mirror: ChainRecords, sequence: string): Promise<void> {
  const folder = sequencePath(mirror, sequence);
  if (!(await isThere(join(folder, uploadNames.facts)))) return;
  for (const name of Object.values(uploadNames).filter((other) => other !== uploadNames.facts))
    await removeFile(inTree(mirror, join(folder, name)));
  await removeFile(inTree(mirror, join(folder, uploadNames.facts)));
}

/** A folder that was adopted may have the original script's seq-upload.sh, perhaps edited. */
async function setAside(mirror: ChainRecords, sequence: string): Promise<void> {
  const folder = sequencePath(mirror, sequence);
  const script = join(folder, uploadNames.script);
  const theirs = join(folder, 'seq-upload.original.sh');
  if ((await isThere(join(folder, uploadNames.facts))) || !(await isThere(script)) || (await isThere(theirs))) return;
  if ((await readTextIfThere(inTree(mirror, script)))?.startsWith('#!/bin/sh\n# seq-upload.sh: ') === true) return;
  await move(inTree(mirror, script), inTree(mirror, theirs));
}
