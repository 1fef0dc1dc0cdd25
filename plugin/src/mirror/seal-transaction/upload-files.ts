/**
 * Writes the files for uploading into a sequence's folder, and removes them. The facts, seq-upload.env, show that the
 * other files are ours: they are written last and removed last.
 */
import { join } from 'node:path';
import type { Seal } from '../../sequence/seal';
import { writeFileAtomically } from '../../system/atomic-file';
import { removeFile, move } from '../../system/change-folder';
import { isThere } from '../../system/files';
import { readTextIfThere } from '../../system/text-file';
import type { ChainRecords } from '../mirror';
import { inTree, sequencePath } from '../mirror';
import { uploadNames } from '../records';
import type { UploadName } from './commit';

/** The texts by name, in the order of writing: seq-upload.env comes last. */
export type UploadFiles = ReadonlyMap<UploadName, string>;

/** Whether a sequence's folder has all of them for this seal, from any release. */
export async function hasUploadFiles(mirror: ChainRecords, sequence: string, seal: Seal): Promise<boolean> {
  const folder = sequencePath(mirror, sequence);
  const facts = (await readTextIfThere(inTree(mirror, join(folder, uploadNames.facts)))) ?? '';
  if (!facts.includes(`\nseal=${seal}\n`)) return false;
  return (await isThere(join(folder, uploadNames.script))) && (await isThere(join(folder, uploadNames.images)));
}

/** Writes them unless they are there. If seq-upload.sh is not ours, it is kept as seq-upload.original.sh. */
export async function putUploadFiles(
  mirror: ChainRecords,
  sequence: string,
  { seal, texts }: { readonly seal: Seal; readonly texts: UploadFiles },
): Promise<void> {
  if (await hasUploadFiles(mirror, sequence, seal)) return;
  await setAside(mirror, sequence);
  for (const [name, text] of texts) {
    const executable = name === uploadNames.script;
    await writeFileAtomically(inTree(mirror, sequencePath(mirror, sequence, name)), text, { executable });
  }
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
