/** A chain.lock that somebody else wrote, in a pull request for instance: only `sign` puts our signature on it. */
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../../testing/lab/lab';
import { describeWith } from '../../../../testing/lab/requirements';
import { bundled } from '../../../../testing/worlds/bundling';
import { crashAt } from '../../../../testing/worlds/crash';
import { aSignedMirror, sshVerifies } from '../../../../testing/worlds/signing';
import type { World } from '../../../../testing/worlds/world';
import { app, startUpstream, tools, ubi } from '../../../../testing/worlds/world';
import { applyRebuild, planRebuild } from '../../adoption/from-bundle/from-bundle';
import { renumberSequence } from '../../chain/renumber-sequence';
import { signChain } from '../../chain/sign-chain';
import { voidSequence } from '../../chain/void-sequence';
import { silentProgress } from '../../system/progress';
import { openMirror } from '../mirror';
import { withMirrorLock } from '../with-mirror-lock';
import { chainSignature } from './chain-signature';

jest.setTimeout(240_000);
const notes: string[] = [];
const run = {
  progress: { ...silentProgress, note: (text: string) => void notes.push(text) },
  signal: new AbortController().signal,
  now: () => new Date('2026-11-25T07:00:00Z'),
};

describeWith(['ssh-keygen'], 'a chain.lock that was not signed as it has to be', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;
  const lockFile = () => join(world.root, 'mirror/content/chain.lock');
  const content = (...names: string[]) => join(world.root, 'mirror/content', ...names);
  /** As sound as any, with a tombstone that somebody else wrote. */
  const forge = async () => {
    const tombstone = `2 seq2-forged sha256:${'a'.repeat(64)} void\n`;
    await writeFile(lockFile(), (await readFile(lockFile(), 'utf8')).replace(/^2 .*\n/m, `${tombstone}$&`));
  };
  const findings = async () => (await chainSignature(await openMirror(world.location))).findings;
  const expectNotSigned = async () => {
    expect(await findings()).toMatchObject([{ code: 'SEQ0626', severity: 'error' }]);
    expect(await sshVerifies(world, lockFile())).toBe(false);
  };

  beforeAll(async () => {
    upstream = await startUpstream();
    sealed = await aSignedMirror(upstream, { 'seq1-baseline': [ubi], 'seq2-add-app': [ubi, app] });
  });
  afterAll(async () => {
    await sealed.remove();
    await upstream.stop();
  });
  beforeEach(async () => {
    world = await sealed.copy();
    notes.length = 0;
  });
  afterEach(() => world.remove());

  it('is not signed by void', async () => {
    await forge();
    const before = await readFile(lockFile(), 'utf8');
    const work = voidSequence({ ...run, location: world.location, folder: 'seq2-add-app', dryRun: false });
    await expect(work).rejects.toMatchObject({ code: 'SEQ0626' });
    expect(await readFile(lockFile(), 'utf8')).toBe(before);
    expect(await readdir(content('seq2-add-app'))).toContain('seq-metadata.yaml');
  });

  it('is not signed by renumber, which merges need: the line moves, and a person signs after a look', async () => {
    const lock = await readFile(lockFile(), 'utf8');
    await rename(content('seq2-add-app'), join(world.root, 'ours'));
    await writeFile(lockFile(), lock.replace(/^2 .*\n/m, ''));
    await signChain({ ...run, location: world.location });
    await world.sequence('seq2-add-tools', [ubi, tools]);
    await world.seal('seq2-add-tools');
    const theirs = /^2 .*\n/m.exec(await readFile(lockFile(), 'utf8'))?.[0] ?? '';
    await rename(join(world.root, 'ours'), content('seq2-add-app'));
    await writeFile(lockFile(), `${lock}${theirs}`);
    await renumberSequence({ ...run, location: world.location, folder: 'seq2-add-tools', dryRun: false });
    expect(await readdir(content())).toContain('seq3-add-tools');
    await expectNotSigned();
    expect(notes).toEqual([expect.stringMatching(/chain\.lock is not signed.*nx run mirror:sign/)]);
    await signChain({ ...run, location: world.location });
    expect(await findings()).toEqual([]);
  });

  it('is not signed by a run that finishes what a killed one left', async () => {
    await world.sequence('seq3-add-tools', [ubi, app, tools]);
    for (
      let nth = 1;
      !(await readdir(join(world.data, 'stage/seq3-add-tools')).catch((): string[] => [])).includes('commit.json');
      nth += 5
    ) {
      await rm(join(world.data, 'lock'), { force: true });
      await crashAt(nth, () => world.mirror('seq3-add-tools'));
    }
    await rm(join(world.data, 'lock'), { force: true });
    await forge();
    await withMirrorLock(await openMirror(world.location), { ...run, purpose: 'next' }, async () => undefined);
    expect(await readdir(content('seq3-add-tools'))).toContain('seq-metadata.yaml');
    await expectNotSigned();
  });

  it('is not signed by taking in a bundle', async () => {
    await bundled(world, 'seq2-add-app', { kind: 'cumulative' });
    await rm(content('seq2-add-app', 'seq-metadata.yaml'));
    await forge();
    const plan = async () => planRebuild({ ...run, location: world.location, bundle: join(world.root, 'disk') });
    await expect(plan().then((planned) => applyRebuild(planned, run))).rejects.toMatchObject({ code: 'SEQ0626' });
    await expectNotSigned();
  });
});
