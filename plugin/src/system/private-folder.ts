import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Root } from './path-below';
import { privateRoot } from './path-below';

/** Calls a function with a new folder that only this account can read, and removes it afterwards. */
export async function withPrivateFolder<T>(purpose: string, work: (folder: Root) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `seqmirror-${purpose}-`));
  try {
    return await work(privateRoot(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
