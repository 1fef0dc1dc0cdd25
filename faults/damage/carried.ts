import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SealedMirror } from './sealed-mirror';

/** Copies of a mirror's sequences on a disk, to be damaged, and gone afterwards. */
export async function onDisk<T>({ root, mirror }: SealedMirror, work: (disk: string) => Promise<T>): Promise<T> {
  const disk = await mkdtemp(join(root, 'disk-'));
  try {
    await cp(join(mirror.root, 'content'), disk, { recursive: true });
    return await work(disk);
  } finally {
    await rm(disk, { recursive: true, force: true });
  }
}
