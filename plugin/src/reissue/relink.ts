import { chmod, copyFile, link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storeFolder } from '../mirror/data-directory';
import { syncFile, syncFolder } from '../system/atomic-file';
import { systemErrorCode } from '../system/errors';
import type { Survey } from './survey';
import { isSameFile } from './swap';

/**
 * Sees to it that every sound archive lies in the store: one that is sound only in the sequence's folder, or in the store
 * under a former name, is linked there, or copied from another disk. What lay there instead was damaged.
 */
export async function bringIntoStore({ mirror, entry, own }: Survey): Promise<void> {
  const store = storeFolder(mirror.data, entry.folder, entry.seal);
  for (const { recorded, files } of own) {
    const sound = files.find((file) => file.sound !== undefined);
    const to = join(store, recorded.name);
    if (sound === undefined || (await isSameFile(sound.path, to))) continue;
    await mkdir(dirname(to), { recursive: true });
    const aside = join(store, `.${recorded.name}.tmp`);
    await rm(aside, { force: true });
    try {
      await link(sound.path, aside);
    } catch (error) {
      if (systemErrorCode(error) !== 'EXDEV') throw error;
      await copyFile(sound.path, aside);
      await syncFile(aside);
    }
    await chmod(aside, 0o444);
    await rename(aside, to);
    await syncFolder(store);
  }
}
