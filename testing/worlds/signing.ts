/** A world whose mirror signs, and knows whose signatures count. */
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../lab/lab';
import type { World } from './world';
import { aWorld } from './world';

const exec = promisify(execFile);

export async function aSigningWorld(
  upstream: Lab,
  { settings = '' }: { settings?: string | undefined } = {},
): Promise<World> {
  const world = await aWorld(upstream, { settings: `signing:\n  with: ssh\n  key: ../key\n${settings}` });
  await newKey(join(world.root, 'key'));
  await trust(world, 'key');
  return world;
}

/** A world that signs, whose sequences, named by their folders, are sealed with these images, one after the other. */
export async function aSignedMirror(
  upstream: Lab,
  sequences: Readonly<Record<string, readonly string[]>>,
): Promise<World> {
  const world = await aSigningWorld(upstream);
  for (const [folder, images] of Object.entries(sequences)) {
    await world.sequence(folder, images);
    await world.seal(folder);
  }
  return world;
}

export async function newKey(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.pub`, { force: true });
  await exec('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
}

/** Makes a key's signatures the only ones that count. */
export async function trust(world: World, key: string): Promise<void> {
  const known = await readFile(join(world.root, `${key}.pub`), 'utf8');
  await writeFile(join(world.root, 'mirror/allowed_signers'), `us ${known}`);
}

/** ssh-keygen's own verdict on a signature over a file. */
export async function sshVerifies(
  world: World,
  file: string,
  { signature = `${file}.sig`, purpose = 'seqmirror-chain' }: { signature?: string; purpose?: string } = {},
): Promise<boolean> {
  const content = await readFile(file);
  const verifying = exec('ssh-keygen', [
    ...['-Y', 'verify', '-f', join(world.root, 'mirror/allowed_signers'), '-I', 'us', '-n', purpose],
    ...['-s', signature],
  ]);
  // It may end before it reads, for instance if the signature is missing.
  verifying.child.stdin?.on('error', () => undefined);
  verifying.child.stdin?.end(content);
  return verifying.then(
    () => true,
    () => false,
  );
}
