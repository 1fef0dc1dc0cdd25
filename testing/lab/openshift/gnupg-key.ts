import { execFile, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SigningKey } from './signing-key';

/** Makes a key below `folder` with GnuPG, which judges what reads signatures. Throws ENOENT without the program. */
export async function makeGnupgKey(folder: string): Promise<SigningKey> {
  const home = join(folder, 'gnupg');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const gpg = ['--homedir', home, '--batch', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', ''];
  const user = 'seqmirror lab <lab@example.invalid>';
  await promisify(execFile)('gpg', [...gpg, '--quick-generate-key', user, 'rsa2048', 'sign', 'never']);
  const { stdout } = await promisify(execFile)('gpg', [...gpg, '--armor', '--export']);
  return {
    publicKey: stdout,
    sign: (message) => sign([...gpg, '--digest-algo', 'SHA512', '--sign', '--output', '-'], message),
  };
}

/** Ends the agent that GnuPG leaves behind for its home, and removes the key. */
export async function discardGnupgKey(folder: string): Promise<void> {
  const home = join(folder, 'gnupg');
  await promisify(execFile)('gpgconf', ['--homedir', home, '--kill', 'all']).catch(() => undefined);
  await rm(home, { recursive: true, force: true });
}

async function sign(args: readonly string[], message: string): Promise<Buffer> {
  const child = spawn('gpg', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(message);
  const parts: Buffer[] = [];
  for await (const part of child.stdout) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
