/**
 * A lock file that says who holds it. It belongs to one process, which boot and start time distinguish from a later one
 * with the same number. So the lock of a killed run is recognised and never blocks the next run on the same host.
 */
import { randomUUID } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { writeFileAtomically } from './atomic-file';
import { systemErrorCode, isSeqmirrorError } from './errors';
import { valueOfJson } from './json-text';
import { below, privateRoot } from './path-below';
import { identityOfProcess, ProcessIdentity, processLives } from './process-identity';
import { sha256Of } from './sha256';
import { foreignLock } from './system-errors';
import { readTextIfThere } from './text-file';

const LockHolder = z.strictObject({
  host: z.string().max(255),
  process: ProcessIdentity,
  since: z.iso.datetime(),
  /** The holder's work, for people who find it locked: `seq3-add-ubi9`. */
  purpose: z.string().max(200),
});
export type LockHolder = z.infer<typeof LockHolder>;

export type LockState =
  | { readonly state: 'free' }
  | {
      readonly state: 'held';
      readonly holder: LockHolder;
      readonly where: 'here' | 'elsewhere';
      readonly text: string;
    }
  /** Its process is gone, or a power cut emptied the file. */
  | { readonly state: 'stale'; readonly holder: LockHolder | undefined; readonly text: string };

export type LockAttempt =
  | { readonly acquired: true; readonly release: () => Promise<void>; readonly replaced: LockHolder | undefined }
  | { readonly acquired: false; readonly holder: LockHolder; readonly where: 'here' | 'elsewhere' };

/**
 * Takes the lock at once or says who has it. A stale one is replaced.
 *
 * @throws SEQ0707 when a file with its name is not one of our locks
 */
export async function acquireLock(
  path: string,
  { purpose, now }: { purpose: string; now: Date },
): Promise<LockAttempt> {
  const mine = await holderText(purpose, now);
  const aside = `${path}.${randomUUID()}`;
  await writeFileAtomically(below(privateRoot(dirname(path)), aside), mine);
  const acquired = (replaced: LockHolder | undefined): LockAttempt => ({
    acquired: true,
    replaced,
    release: async () => {
      if ((await textOf(path)) === mine) await rm(path, { force: true });
    },
  });
  try {
    for (;;) {
      if (await appears(aside, path)) return acquired(undefined);
      const found = await readLock(path);
      if (found.state === 'held') return { acquired: false, holder: found.holder, where: found.where };
      if (found.state === 'stale' && (await replaceStale(path, found, { now, replace: () => rename(aside, path) }))) {
        return acquired(found.holder);
      }
    }
  } finally {
    await rm(aside, { force: true });
  }
}

/**
 * Who holds the lock, and whether that process still lives as far as this host can tell.
 *
 * @throws SEQ0707 when a file with its name is not one of our locks
 */
export async function readLock(path: string): Promise<LockState> {
  const text = await textOf(path);
  if (text === undefined) return { state: 'free' };
  // After a power cut, a file that earlier versions had not synced is empty, or full of zeros.
  if (/^\0*$/.test(text)) return { state: 'stale', holder: undefined, text };
  const holder = parseHolder(text);
  if (holder === undefined) throw foreignLock({ path });
  if (holder.host !== hostname()) return { state: 'held', holder, where: 'elsewhere', text };
  return (await processLives(holder.process))
    ? { state: 'held', holder, where: 'here', text }
    : { state: 'stale', holder, text };
}

/** Removes a lock whose text was read, and no other. Returns whether it did. */
export async function removeLock(path: string, { text, now }: { text: string; now: Date }): Promise<boolean> {
  return replaceStale(path, { text }, { now, replace: () => rm(path) });
}

/**
 * Reading and replacing are two steps, and another process may do both in between. So the right to replace this text is
 * itself a lock, named after the text, and the text is read again while that is held.
 */
async function replaceStale(
  path: string,
  { text }: { text: string },
  { now, replace }: { now: Date; replace: () => Promise<void> },
): Promise<boolean> {
  const name = sha256Of(text).slice(0, 12);
  const right = await acquireLock(`${path}.over-${name}`, { purpose: 'replace a stale lock', now });
  if (!right.acquired) {
    await sleep(10);
    return false;
  }
  try {
    if ((await textOf(path)) !== text) return false;
    await replace();
    return true;
  } finally {
    await right.release();
  }
}

/** A hard link appears with its whole content, and never over an existing name. */
async function appears(aside: string, path: string): Promise<boolean> {
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

// None of our lock files is nearly this long.
const longestText = 4096;

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readTextIfThere(below(privateRoot(dirname(path)), path), { limit: longestText });
  } catch (error) {
    if (isSeqmirrorError(error) && error.code !== 'SEQ0702') throw foreignLock({ path });
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  return LockHolder.safeParse(valueOfJson(text)).data;
}

async function holderText(purpose: string, now: Date): Promise<string> {
  const holder: LockHolder = {
    host: hostname(),
    process: (await identityOfProcess(process.pid)) ?? { pid: process.pid, started: '' },
    since: now.toISOString(),
    purpose,
  };
  return `${JSON.stringify(holder)}\n`;
}
