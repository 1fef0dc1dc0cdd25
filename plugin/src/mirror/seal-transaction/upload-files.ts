/**
 * Puts what uploads from a sequence's folder into it, and takes it out. The facts, seq-upload.env, say that the other files
 * are ours: they are written last and go last.
 */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Seal } from '../../sequence/seal';
import { fillFileAtomically } from '../../system/atomic-file';
import { isThere } from '../../system/files';
import { readTextIfThere } from '../../system/text-file';
import { uploadNames } from '../records';
import type { UploadName } from './commit';

/** The texts by name, in the order of writing: seq-upload.env comes last. */
export type UploadFiles = ReadonlyMap<UploadName, string>;

/** Whether a sequence's folder has all of them for this seal, of whichever release they are. */
export async function hasUploadFiles(folder: string, seal: Seal): Promise<boolean> {
  const facts = (await readTextIfThere(join(folder, uploadNames.facts))) ?? '';
  if (!facts.includes(`\nseal=${seal}\n`)) return false;
  return (await isThere(join(folder, uploadNames.script))) && (await isThere(join(folder, uploadNames.images)));
}

/** Writes them unless they are there. A seq-upload.sh that is not ours is kept as seq-upload.original.sh. */
export async function putUploadFiles(
  folder: string,
  { seal, texts }: { readonly seal: Seal; readonly texts: UploadFiles },
): Promise<void> {
  if (await hasUploadFiles(folder, seal)) return;
  await setAside(folder);
  for (const [name, text] of texts) {
    await fillFileAtomically(join(folder, name), async (file) => {
      if (name === uploadNames.script) await file.chmod(0o755);
      await file.writeFile(text);
    });
  }
}

export async function removeUploadFiles(folder: string): Promise<void> {
  if (!(await isThere(join(folder, uploadNames.facts)))) return;
  for (const name of Object.values(uploadNames).filter((other) => other !== uploadNames.facts))
    await rm(join(folder, name), { force: true });
  await rm(join(folder, uploadNames.facts), { force: true });
}

/** A folder that was adopted may have the original script's seq-upload.sh, perhaps edited. */
async function setAside(folder: string): Promise<void> {
  const script = join(folder, uploadNames.script);
  const theirs = join(folder, 'seq-upload.original.sh');
  if ((await isThere(join(folder, uploadNames.facts))) || !(await isThere(script)) || (await isThere(theirs))) return;
  if ((await readTextIfThere(script))?.startsWith('#!/bin/sh\n# seq-upload.sh: ') === true) return;
  await rename(script, theirs);
}
