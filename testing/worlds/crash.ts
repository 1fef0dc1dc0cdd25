/** A process that dies at its n-th change of the file system, with the files that it leaves. */
import { constants } from 'node:fs';
import fs from 'node:fs/promises';

const changes = [
  'rename',
  'link',
  'symlink',
  'rm',
  'rmdir',
  'mkdir',
  'chmod',
  'writeFile',
  'open',
  'truncate',
  'unlink',
] as const;

class Crash extends Error {}

/**
 * A file that is opened to be read is as it was: dying there leaves what dying at the next change does. All reading gives
 * its flags as a number; a folder is opened by 'r' to be synced, and there a run may die.
 */
function mayChange(name: (typeof changes)[number], [, flags]: readonly unknown[]): boolean {
  if (name !== 'open' || typeof flags !== 'number') return true;
  return (flags & (constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC)) !== 0;
}

/**
 * Lets work run until its n-th call that may change the file system; that one and every later one fails, so that no
 * clean-up of ours runs either, as after kill -9.
 *
 * @returns whether the crash came before the work's end
 */
export async function crashAt(nth: number, work: () => Promise<unknown>): Promise<boolean> {
  let calls = 0;
  const restore = atChanges((name) => {
    calls += 1;
    if (calls >= nth) throw new Crash(`killed at ${name}`);
  });
  try {
    await work();
    return false;
  } catch (error) {
    if (calls < nth) throw error;
    return true;
  } finally {
    restore();
  }
}

/** How many calls of the work may change the file system. */
export async function changesOf(work: () => Promise<unknown>): Promise<number> {
  let calls = 0;
  const restore = atChanges(() => {
    calls += 1;
  });
  try {
    await work();
    return calls;
  } finally {
    restore();
  }
}

function atChanges(happen: (name: string) => void): () => void {
  const spies = changes.map((name) => {
    const real = fs[name] as (...args: unknown[]) => Promise<unknown>;
    return jest.spyOn(fs, name as 'rename').mockImplementation(async (...args: unknown[]) => {
      if (mayChange(name, args)) happen(name);
      return real(...args) as Promise<void>;
    });
  });
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
}
