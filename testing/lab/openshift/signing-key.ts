import { execFile, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A throw-away OpenPGP key that signs releases as Red Hat's does. */
export interface SigningKey {
  /** Armored, for OCP_SIGNATURE_VERIFICATION_PK. */
  readonly publicKeyFile: string;
  /** A signed message (not detached) of the bytes. */
  sign(message: string): Promise<Buffer>;
}

/**
 * Makes a key below `folder` with GnuPG. oc-mirror verifies releases with OpenPGP, so suites with a release need the
 * program `gpg`; without it this throws ENOENT.
 */
export async function makeSigningKey(folder: string): Promise<SigningKey> {
  const home = join(folder, 'gnupg');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const gpg = ['--homedir', home, '--batch', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', ''];
  const user = 'seqmirror lab <lab@example.invalid>';
  await promisify(execFile)('gpg', [...gpg, '--quick-generate-key', user, 'rsa2048', 'sign', 'never']);
  const { stdout } = await promisify(execFile)('gpg', [...gpg, '--armor', '--export']);
  const publicKeyFile = join(folder, 'release-key.asc');
  await writeFile(publicKeyFile, stdout);
  return {
    publicKeyFile,
    sign: (message) => sign([...gpg, '--digest-algo', 'SHA512', '--sign', '--output', '-'], message),
  };
}

/** Ends the agent that GnuPG leaves behind for its home, and removes the key. */
export async function discardSigningKey(folder: string): Promise<void> {
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
