/** Changes one byte of an archive, as a failing disk does. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, open } from 'node:fs/promises';
import { readArchiveIndex } from '../../plugin/src/archive/archive-index';
import { mustHold } from './failed';

/** Archives are read-only files; a disk does not ask. */
export async function changeByteInLargestBlob(archive: string): Promise<void> {
  const { blobs } = await readArchiveIndex(archive);
  const [largest] = [...blobs.values()].sort((a, b) => b.bytes - a.bytes);
  mustHold(largest !== undefined, `${archive} should have blobs`);
  const { offset = 0, bytes = 0 } = largest ?? {};
  await chmod(archive, 0o644);
  const file = await open(archive, 'r+');
  try {
    const byte = Buffer.alloc(1);
    const place = offset + Math.floor(bytes / 2);
    await file.read(byte, 0, 1, place);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, place);
  } finally {
    await file.close();
    await chmod(archive, 0o444);
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
