/** What the author of a pull request may write into seqmirror.yaml and allowed_signers, and what CI makes of it. */
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../../testing/lab/lab';
import { describeWith } from '../../../../testing/lab/requirements';
import { aSignedMirror, newKey, trust } from '../../../../testing/worlds/signing';
import type { World } from '../../../../testing/worlds/world';
import { startUpstream, ubi } from '../../../../testing/worlds/world';
import { signChain } from '../../chain/sign-chain';
import { engineNamed } from '../../engine/choose-engine';
import { isThere } from '../../system/files';
import { silentProgress } from '../../system/progress';
import { validate } from '../../validation/validate';
import { openMirror } from '../mirror';
import { engineOptions } from '../settings';
import { chainSignature } from './signing';

jest.setTimeout(240_000);

const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-23T07:00:00Z'),
};

describeWith(['ssh-keygen'], 'a pull request, in CI', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;
  const trace = () => join(world.root, 'it-ran');
  const within = (env: NodeJS.ProcessEnv) => ({ ...world.location, env: { ...world.location.env, ...env } });
  const validated = (env: NodeJS.ProcessEnv) => validate({ ...run, location: within(env), depth: 'quick' });

  beforeAll(async () => {
    upstream = await startUpstream();
    sealed = await aSignedMirror(upstream, { 'seq1-baseline': [ubi] });
  });
  afterAll(async () => {
    await sealed.remove();
    await upstream.stop();
  });
  beforeEach(async () => {
    world = await sealed.copy();
    await world.write('mirror/planted', `#!/bin/sh\necho ran >'${trace()}'\n`);
    await chmod(join(world.root, 'mirror/planted'), 0o755);
  });
  afterEach(() => world.remove());

  async function settings(more: string): Promise<void> {
    await world.write('mirror/seqmirror.yaml', `schema: seqmirror/v1\nid: test\n${more}`);
  }

  it('cannot name a command that validate runs', async () => {
    const planted = join(world.root, 'mirror/planted');
    await settings(`signing:\n  with: theirs\n  sign: [${planted}]\n  verify: [${planted}]\n`);
    await expect(validated({ CI: 'true' })).rejects.toMatchObject({ code: 'SEQ0705' });
    expect(await isThere(trace())).toBe(false);
    expect(await validated({ CI: 'true', SEQMIRROR_ALLOW_COMMANDS: '1' })).toMatchObject({ sound: true });
    expect(await isThere(trace())).toBe(true);
  });

  it('cannot name a command that signs', async () => {
    const planted = join(world.root, 'mirror/planted');
    await settings(`signing:\n  with: theirs\n  sign: [${planted}]\n  verify: [${planted}]\n`);
    await expect(signChain({ ...run, location: within({ CI: '1' }) })).rejects.toMatchObject({ code: 'SEQ0705' });
    expect(await isThere(trace())).toBe(false);
  });

  it('cannot name an oc-mirror that any command starts', async () => {
    await settings(`ocMirror:\n  binary: ${join(world.root, 'mirror/planted')}\n`);
    const { settings: read } = await openMirror(world.location);
    const asked = engineNamed('auto', { options: engineOptions(read), env: within({ CI: 'true' }).env });
    await expect(asked).rejects.toMatchObject({ code: 'SEQ0705' });
    expect(await isThere(trace())).toBe(false);
  });

  it('cannot add a signer if the environment names a file outside the repository', async () => {
    const outside = join(world.root, 'signers-of-ci');
    await copyFile(join(world.root, 'mirror/allowed_signers'), outside);
    const env = { SEQMIRROR_ALLOWED_SIGNERS: outside };
    expect(await chainSignature(await openMirror(within(env)))).toMatchObject({ findings: [], by: 'us' });
    // Somebody signs with another key, and the same pull request says that it counts.
    await newKey(join(world.root, 'key'));
    await trust(world, 'key');
    await signChain({ ...run, location: world.location });
    expect(await chainSignature(await openMirror(world.location))).toMatchObject({ findings: [] });
    const { findings } = await chainSignature(await openMirror(within(env)));
    expect(findings).toMatchObject([{ code: 'SEQ0626', severity: 'error' }]);
  });

  it('cannot remove the signers that count by removing allowed_signers', async () => {
    const outside = join(world.root, 'signers-of-ci');
    await writeFile(outside, await readFile(join(world.root, 'mirror/allowed_signers')));
    await settings('');
    await world.write('mirror/allowed_signers', '');
    await world.write('mirror/content/chain.lock', `${await world.read('mirror/content/chain.lock')}# more\n`);
    const { findings } = await chainSignature(await openMirror(within({ SEQMIRROR_ALLOWED_SIGNERS: outside })));
    expect(findings).toMatchObject([{ code: 'SEQ0626', severity: 'error' }]);
  });
});
