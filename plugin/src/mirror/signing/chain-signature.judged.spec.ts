import { copyFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../../testing/lab/lab';
import { describeWith } from '../../../../testing/lab/requirements';
import { crashAt } from '../../../../testing/worlds/crash';
import { aSigningWorld, newKey, sshVerifies, trust } from '../../../../testing/worlds/signing';
import type { World } from '../../../../testing/worlds/world';
import { app, startUpstream, ubi } from '../../../../testing/worlds/world';
import { signChain } from '../../chain/sign-chain';
import { voidSequence } from '../../chain/void-sequence';
import type { ChainLock } from '../../sequence/chain-lock';
import { silentProgress } from '../../system/progress';
import { openMirror, readChain } from '../mirror';
import { withMirrorLock } from '../with-mirror-lock';
import { chainSignature, finishChainSignature, writeChainLock } from './chain-signature';

jest.setTimeout(240_000);
const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-23T07:00:00Z'),
};
const lockFile = (world: World) => join(world.root, 'mirror/content/chain.lock');
const findings = async (world: World) => (await chainSignature(await openMirror(world.location))).findings;
const leftovers = async (world: World) =>
  (await readdir(join(world.root, 'mirror/content'))).filter((name) => /^[^.].*next/.test(name));

describeWith(['ssh-keygen'], 'the signature over chain.lock', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;

  beforeAll(async () => {
    upstream = await startUpstream();
    sealed = await aSigningWorld(upstream);
    await sealed.sequence('seq1-baseline', [ubi]);
    await sealed.sequence('seq2-add-app', [ubi, app]);
    await sealed.seal('seq1-baseline');
  });
  afterAll(async () => {
    await sealed.remove();
    await upstream.stop();
  });
  beforeEach(async () => {
    world = await sealed.copy();
  });
  afterEach(() => world.remove());

  it('is there once something is sealed, and ssh-keygen verifies it', async () => {
    expect(await sshVerifies(world, lockFile(world))).toBe(true);
    expect(await findings(world)).toEqual([]);
    expect(await leftovers(world)).toEqual([]);
  });

  it('is renewed by sealing and by void', async () => {
    await world.seal('seq2-add-app');
    expect(await sshVerifies(world, lockFile(world))).toBe(true);
    await voidSequence({ ...run, location: world.location, folder: 'seq2-add-app', dryRun: false });
    expect(await sshVerifies(world, lockFile(world))).toBe(true);
    expect(await leftovers(world)).toEqual([]);
  });

  it.each([
    {
      name: 'a chain.lock that was edited',
      damage: async () => writeFile(lockFile(world), `${await readFile(lockFile(world), 'utf8')}\n`),
      what: /does not count: it is by the key of us, and over something else/,
    },
    {
      name: 'a signature by a stranger',
      damage: () => newKey(join(world.root, 'key')).then(() => signChain({ ...run, location: world.location })),
      what: /does not count: the key that made it is none of these signers/,
    },
    {
      name: 'what is no signature',
      damage: () => writeFile(`${lockFile(world)}.sig`, '-----BEGIN SSH SIGNATURE-----\n'),
      what: /does not count/,
    },
  ])('is refused for $name', async ({ damage, what }) => {
    await damage();
    expect(await findings(world)).toEqual([
      expect.objectContaining({ code: 'SEQ0626', severity: 'error', what: expect.stringMatching(what) }),
    ]);
    await expect(world.mirror('seq2-add-app')).rejects.toMatchObject({ code: 'SEQ0626' });
    await expect(world.mirror('seq2-add-app', { dryRun: true })).rejects.toMatchObject({ code: 'SEQ0626' });
  });

  it('is missed, and refused only where it is required', async () => {
    await rm(`${lockFile(world)}.sig`);
    expect(await findings(world)).toMatchObject([{ code: 'SEQ0626', severity: 'warning' }]);
    await world.write('mirror/seqmirror.yaml', `${await world.read('mirror/seqmirror.yaml')}requireSignatures: true\n`);
    expect(await findings(world)).toMatchObject([{ code: 'SEQ0626', severity: 'error' }]);
    await expect(world.mirror('seq2-add-app')).rejects.toMatchObject({ code: 'SEQ0626' });
    await signChain({ ...run, location: world.location });
    await world.seal('seq2-add-app');
  });

  it('is said to prove nothing where no signers are known', async () => {
    await rm(join(world.root, 'mirror/allowed_signers'));
    expect(await findings(world)).toMatchObject([{ severity: 'warning', what: /^Nobody's signature/ }]);
  });

  it('is made again by another key, once that one counts', async () => {
    await newKey(join(world.root, 'key'));
    await trust(world, 'key');
    await signChain({ ...run, location: world.location });
    expect(await findings(world)).toEqual([]);
  });

  it('stops a run before it mirrors when the key cannot sign', async () => {
    await rm(join(world.root, 'key'));
    await expect(world.mirror('seq2-add-app')).rejects.toMatchObject({
      code: 'SEQ0625',
      what: expect.stringContaining('mirror/content/chain.lock could not be signed by ssh') as string,
    });
    expect(await readdir(join(world.data, 'stage')).catch(() => [])).toEqual([]);
  });

  it('is not made where nothing says how, nor of nothing', async () => {
    const unsealed = await aSigningWorld(upstream);
    await expect(signChain({ ...run, location: unsealed.location })).rejects.toMatchObject({ code: 'SEQ0625' });
    await unsealed.remove();
    await world.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nengine: embedded\n');
    await expect(signChain({ ...run, location: world.location })).rejects.toMatchObject({
      what: 'mirror/content/chain.lock is not signed here: seqmirror.yaml has no signing',
    });
  });

  it('goes when nothing is signed any more, so that none is wrong', async () => {
    await world.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nengine: embedded\n');
    await world.seal('seq2-add-app');
    expect(await readdir(join(world.root, 'mirror/content'))).not.toContain('chain.lock.sig');
  });

  describe('after a kill at any change of the file system', () => {
    const atEveryChange = async (work: (at: World) => Promise<unknown>, whenKilled: (at: World) => Promise<void>) => {
      let nth = 1;
      for (let killed = true; killed; nth += 1) {
        const at = await world.copy();
        try {
          killed = await crashAt(nth, () => work(at));
          await rm(join(at.data, 'lock'), { force: true });
          if (killed) await whenKilled(at);
        } finally {
          await at.remove();
        }
      }
      return nth;
    };
    const next = async (at: World) =>
      withMirrorLock(await openMirror(at.location), { ...run, purpose: 'next' }, async () => undefined);

    it('counts, whatever chain.lock is then, and the next run clears up', async () => {
      const one = await readFile(lockFile(world), 'utf8');
      const texts = new Set<string>();
      const write = async (at: World) => {
        const mirror = await openMirror(at.location);
        const { lock } = await readChain(mirror);
        const entries = lock.entries.map((entry) => ({ ...entry, state: 'void' as const }));
        await writeChainLock(mirror, { entries } satisfies ChainLock);
      };
      const kills = await atEveryChange(write, async (at) => {
        texts.add(await readFile(lockFile(at), 'utf8'));
        expect(await findings(at)).toEqual([]);
        await next(at);
        expect(await leftovers(at)).toEqual([]);
        expect(await sshVerifies(at, lockFile(at))).toBe(true);
      });
      expect(kills).toBeGreaterThan(8);
      expect(texts.size).toBe(2);
      expect(texts).toContain(one);
    });

    it('counts while a sequence is made void', async () => {
      await world.seal('seq2-add-app');
      const makeVoid = (at: World) =>
        voidSequence({ ...run, location: at.location, folder: 'seq2-add-app', dryRun: false });
      await atEveryChange(makeVoid, async (at) => {
        expect(await findings(at)).toEqual([]);
        const { lock } = await readChain(await openMirror(at.location));
        if (lock.entries.some(({ folder, state }) => folder === 'seq2-add-app' && state === 'sealed'))
          await makeVoid(at);
        else await next(at);
        expect(await sshVerifies(at, lockFile(at))).toBe(true);
        expect(await leftovers(at)).toEqual([]);
      });
    });

    it('never is taken from a text that was not written', async () => {
      // What a kill leaves between the two steps of discarding: the text is gone last.
      await copyFile(lockFile(world), `${lockFile(world)}.next`);
      await writeFile(`${lockFile(world)}.next.sig`, 'half of a sign');
      await finishChainSignature(await openMirror(world.location));
      expect(await leftovers(world)).toEqual([]);
      expect(await sshVerifies(world, lockFile(world))).toBe(true);
    });
  });
});
