/** The drill of docs/signing.md, "Change a signing key", step by step: with ssh-keygen, both sides, and a thief at the end. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { bundled } from '../../../testing/worlds/bundling';
import { aSigningWorld, newKey } from '../../../testing/worlds/signing';
import type { World } from '../../../testing/worlds/world';
import { app, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { planRebuild } from '../adoption/from-bundle/from-bundle';
import { signChain } from '../chain/sign-chain';
import { openMirror } from '../mirror/mirror';
import { chainSignature } from '../mirror/signing/signing';
import { silentProgress } from '../system/progress';

const exec = promisify(execFile);
jest.setTimeout(240_000);
const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-25T07:00:00Z'),
};

describeWith(['ssh-keygen'], 'a signing key that is changed', () => {
  let upstream: Lab;
  let world: World;
  const at = (...names: string[]) => join(world.root, ...names);
  const publicKey = (name: string) => readFile(at(`${name}.pub`), 'utf8');
  const settings = (key: string) =>
    world.write(
      'mirror/seqmirror.yaml',
      `schema: seqmirror/v1\nid: test\nengine: embedded\nsigning: { with: ssh, key: ../${key} }\n`,
    );
  const findings = async () => (await chainSignature(await openMirror(world.location))).findings;
  /** The check on the far side, whose site folder is `site`. */
  const checked = (medium: string) =>
    exec('sh', [at(medium, 'seq-upload.sh'), 'check', `--site-dir=${at('site')}`]).then(
      () => 'taken',
      ({ code, stderr }: { code: number; stderr: string }) => `${code}: ${stderr}`,
    );
  const takenIn = (medium: string) =>
    planRebuild({ ...run, location: world.location, bundle: at(medium), allowOlder: true }).then(
      () => 'taken',
      ({ code }: { code: string }) => code,
    );
  const writeBoth = async (name: string, text: string) => {
    await writeFile(at('mirror', name), text);
    await writeFile(at('site', name), text);
  };

  beforeAll(async () => {
    upstream = await startUpstream();
    world = await aSigningWorld(upstream);
    await mkdir(at('site'));
  });
  afterAll(async () => {
    await world?.remove();
    await upstream?.stop();
  });

  it('signs as long as it is the only one', async () => {
    await rename(at('key'), at('old'));
    await rename(at('key.pub'), at('old.pub'));
    await settings('old');
    await writeBoth('allowed_signers', `us ${await publicKey('old')}`);
    await world.sequence('seq1-baseline', [ubi]);
    await world.seal('seq1-baseline');
    await bundled(world, 'seq1-baseline', { output: at('first') });
    expect([await findings(), await checked('first'), await takenIn('first')]).toEqual([[], 'taken', 'taken']);
  });

  it('1. gets a successor, and both count here and there', async () => {
    await newKey(at('new'));
    await writeBoth('allowed_signers', `us ${await publicKey('old')}us ${await publicKey('new')}`);
    expect([await findings(), await checked('first')]).toEqual([[], 'taken']);
  });

  it('2. signs nothing more: chain.lock is signed again, and new bundles are signed by the new key', async () => {
    await settings('new');
    await signChain({ ...run, location: world.location });
    await world.sequence('seq2-add-app', [ubi, app]);
    await world.seal('seq2-add-app');
    await bundled(world, 'seq2-add-app', { output: at('second') });
    expect([await findings(), await checked('second'), await checked('first')]).toEqual([[], 'taken', 'taken']);
  });

  it('3. is revoked here and there, although allowed_signers still has it', async () => {
    await writeBoth('revoked_signers', await publicKey('old'));
    expect([await findings(), await checked('second'), await takenIn('second')]).toEqual([[], 'taken', 'taken']);
    expect(await checked('first')).toMatch(/^4: Stopped: the signature of bundle-statement.env is not one of/);
    expect(await takenIn('first')).toBe('SEQ0626');
  });

  it('4. is removed from allowed_signers, which changes nothing more', async () => {
    await writeBoth('allowed_signers', `us ${await publicKey('new')}`);
    expect([await findings(), await checked('second')]).toEqual([[], 'taken']);
    expect([(await checked('first')).slice(0, 2), await takenIn('first')]).toEqual(['4:', 'SEQ0626']);
  });

  it('is of no use to a thief: neither a bundle nor a chain that it signs counts, not even as a second signature', async () => {
    const sign = (file: string, purpose: string, signature = `${file}.sig`) =>
      exec('sh', [
        '-c',
        'exec ssh-keygen -q -Y sign -f "$1" -n "$2" <"$3" >"$4" 2>/dev/null',
        'sh',
        at('old'),
        purpose,
        file,
        signature,
      ]);
    await writeBoth(
      'allowed_signers',
      `us ${await publicKey('old')}us ${await publicKey('new')}them ${await publicKey('old')}`,
    );
    await sign(at('second/bundle-statement.env'), 'seqmirror-bundle');
    expect([(await checked('second')).slice(0, 2), await takenIn('second')]).toEqual(['4:', 'SEQ0626']);
    await sign(at('mirror/content/chain.lock'), 'seqmirror-chain');
    expect(await findings()).toMatchObject([{ code: 'SEQ0626', what: /revoked_signers revokes/ }]);
    await signChain({ ...run, location: world.location });
    await sign(at('mirror/content/chain.lock'), 'seqmirror-chain', at('mirror/content/chain.lock.sig.2'));
    await world.write(
      'mirror/seqmirror.yaml',
      (await world.read('mirror/seqmirror.yaml')).replace('../new', '../new, threshold: 2'),
    );
    expect(await findings()).toMatchObject([{ code: 'SEQ0626', what: /2 persons must sign/ }]);
  });

  it('is refused at once if seqmirror.yaml still names it: nothing is sealed that would not count', async () => {
    await rm(at('mirror/content/chain.lock.sig.2'));
    await settings('old');
    await signChain({ ...run, location: world.location });
    await world.sequence('seq3-add-tools', [ubi, app, tools]);
    await expect(world.mirror('seq3-add-tools')).rejects.toMatchObject({ code: 'SEQ0626' });
  });
});
