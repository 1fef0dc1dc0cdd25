import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Root } from './path-below';
import { privateRoot } from './path-below';

/** Gives work a new folder that this account alone can look into, and removes it afterwards. */
export async function withPrivateFolder<T>(purpose: string, work: (folder: Root) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `seqmirror-${purpose}-`));
  try {
    return await work(privateRoot(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
