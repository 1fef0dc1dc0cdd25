/**
 * The key that binds a data directory to the account that works in it. Every commit there carries a MAC made with it
 * (HMAC-SHA256), so that staged work that somebody else put there is recognised. The key lies in the user's own
 * configuration, never in a repository or a data directory, is made on first use, and never leaves the machine.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { access, constants, lstat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { writeFileAtomically, asideOf } from './atomic-file';
import type { Json } from './canonical-json';
import { canonicalJson } from './canonical-json';
import { removeFile, linkFile } from './change-folder';
import { systemErrorCode, isSeqmirrorError } from './errors';
import { below, privateRoot } from './path-below';
import { openRegularBelow } from './regular-file';
import { syncFolder } from './sync';
import { operatorKeyUnusable } from './system-errors';

/** `$XDG_CONFIG_HOME/seqmirror/operator.key`, else the same below `~/.config`. */
export function operatorKeyFile(env: Readonly<NodeJS.ProcessEnv>): string {
  // XDG Base Directory Specification 0.8: relative values are to be ignored.
  const given = env['XDG_CONFIG_HOME'];
  const config = given && isAbsolute(given) ? given : join(env['HOME'] ?? homedir(), '.config');
  return join(config, 'seqmirror', 'operator.key');
}

/** Finds out before hours of work whether an existing key can be used. @throws SEQ0218 */
export async function ensureOperatorKey(keyFile: string): Promise<void> {
  await readKey(keyFile);
}

/**
 * The MAC over a value, as hex digits. Makes the key on first use.
 *
 * @param purpose what the MAC is for; it counts for nothing else
 * @returns `undefined` if no key can be kept, since some containers have a home that cannot be written to
 * @throws SEQ0218 for a key that others can read, or that somebody else owns
 */
export async function macOf(keyFile: string, purpose: string, value: Json): Promise<string | undefined> {
  const key = (await readKey(keyFile)) ?? (await makeKey(keyFile));
  return key === undefined ? undefined : macWith(key, purpose, value);
}

/**
 * Whether a key is there, or could be made: the home of some containers cannot be written to. Makes none, since dry runs
 * ask too.
 *
 * @throws SEQ0218
 */
export async function canKeepKey(keyFile: string): Promise<boolean> {
  if ((await readKey(keyFile)) !== undefined) return true;
  for (let folder = dirname(keyFile); ; folder = dirname(folder)) {
    try {
      await access(folder, constants.W_OK | constants.X_OK);
      return true;
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT' || dirname(folder) === folder) return false;
    }
  }
}

/**
 * Whether a MAC is ours; `false` without a key.
 *
 * @throws SEQ0218 for a key that others can read, or that somebody else owns
 */
export async function isOwnMac(
  keyFile: string,
  { purpose, value, mac }: { purpose: string; value: Json; mac: string },
): Promise<boolean> {
  const key = await readKey(keyFile);
  if (key === undefined) return false;
  const [own, given] = [macWith(key, purpose, value), mac].map((text) => Buffer.from(text)) as [Buffer, Buffer];
  return own.length === given.length && timingSafeEqual(own, given);
}

function macWith(key: Buffer, purpose: string, value: Json): string {
  return createHmac('sha256', key)
    .update(`${purpose}\n${canonicalJson(value)}`)
    .digest('hex');
}

const keyPattern = /^seqmirror-key\/1 ([0-9a-f]{64})\n$/;

async function readKey(keyFile: string): Promise<Buffer | undefined> {
  const text = await privateText(keyFile);
  if (text === undefined) return undefined;
  const [, key] = keyPattern.exec(text) ?? [];
  if (key === undefined) throw operatorKeyUnusable({ keyFile, what: 'is not a key that seqmirror made' });
  return Buffer.from(key, 'hex');
}

async function privateText(keyFile: string): Promise<string | undefined> {
  try {
    const file = await openRegularBelow(below(privateRoot(dirname(keyFile)), keyFile));
    try {
      const { mode, uid, size } = await file.stat();
      if (size > 200) throw operatorKeyUnusable({ keyFile, what: 'is not a key that seqmirror made' });
      const own = process.geteuid?.();
      if (own !== undefined && uid !== own)
        throw operatorKeyUnusable({
          keyFile,
          what: `belongs to another account (uid ${uid}; your uid is ${own})`,
        });
      if (own !== undefined && (mode & 0o077) !== 0)
        throw operatorKeyUnusable({ keyFile, what: `can be read or written by other accounts (mode ${octal(mode)})` });
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = systemErrorCode(error);
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return undefined;
    if (reason === 'EACCES') {
      // A home that cannot even be looked into, as in some containers, has no key.
      if (!(await lstat(keyFile).then(Boolean, () => false))) return undefined;
      throw operatorKeyUnusable({ keyFile, what: 'cannot be read by this account' });
    }
    if (isSeqmirrorError(error) && error.code === 'SEQ0708') throw operatorKeyUnusable({ keyFile, what: 'is a link' });
    if (isSeqmirrorError(error) && error.code === 'SEQ0709')
      throw operatorKeyUnusable({ keyFile, what: 'is not a key that seqmirror made' });
    throw error;
  }
}

const cannotBeKept = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'ENOSPC', 'EDQUOT'];

/** If two processes make a key at the same time, both go on with the one that came first. */
async function makeKey(keyFile: string): Promise<Buffer | undefined> {
  const key = below(privateRoot(dirname(keyFile)), keyFile);
  const aside = asideOf(key);
  try {
    try {
      await writeFileAtomically(aside, `seqmirror-key/1 ${randomBytes(32).toString('hex')}\n`);
      // A rename would replace another process's key.
      await linkFile(aside.path, key).catch((error) => {
        if (systemErrorCode(error) !== 'EEXIST') throw error;
      });
      await syncFolder(key.root.path);
    } finally {
      await removeFile(aside);
    }
  } catch (error) {
    if (cannotBeKept.includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
  return readKey(keyFile);
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
