import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

const exec = promisify(execFile);
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

  it('exists once something is sealed, and ssh-keygen verifies it', async () => {
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
      what: /is not accepted: it was made with the key of us, but for other content/,
    },
    {
      name: 'a signature by a stranger',
      damage: () => newKey(join(world.root, 'key')).then(() => signChain({ ...run, location: world.location })),
      what: /is not accepted: its key is not in the list of accepted keys/,
    },
    {
      name: 'a file that is not a signature',
      damage: () => writeFile(`${lockFile(world)}.sig`, '-----BEGIN SSH SIGNATURE-----\n'),
      what: /is not accepted/,
    },
  ])('is refused for $name', async ({ damage, what }) => {
    await damage();
    expect(await findings(world)).toEqual([
      expect.objectContaining({ code: 'SEQ0626', severity: 'error', what: expect.stringMatching(what) }),
    ]);
    await expect(world.mirror('seq2-add-app')).rejects.toMatchObject({ code: 'SEQ0626' });
    await expect(world.mirror('seq2-add-app', { dryRun: true })).rejects.toMatchObject({ code: 'SEQ0626' });
  });

  it('is reported as missing if somebody removes it, since signers are configured', async () => {
    await rm(`${lockFile(world)}.sig`);
    expect(await findings(world)).toMatchObject([{ code: 'SEQ0626', severity: 'error', what: /is not signed/ }]);
    await expect(world.mirror('seq2-add-app')).rejects.toMatchObject({ code: 'SEQ0626' });
    await signChain({ ...run, location: world.location });
    await world.seal('seq2-add-app');
  });

  it('is said to prove nothing if no signers are known', async () => {
    await rm(join(world.root, 'mirror/allowed_signers'));
    expect(await findings(world)).toMatchObject([{ severity: 'warning', what: /^Nobody's signature/ }]);
  });

  it('is made again with another key, once that key counts', async () => {
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

  it('is not made without a configured signer, or for an empty chain', async () => {
    const unsealed = await aSigningWorld(upstream);
    await expect(signChain({ ...run, location: unsealed.location })).rejects.toMatchObject({ code: 'SEQ0625' });
    await unsealed.remove();
    await world.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nengine: embedded\n');
    await expect(signChain({ ...run, location: world.location })).rejects.toMatchObject({
      what: 'mirror/content/chain.lock cannot be signed: seqmirror.yaml has no `signing`',
    });
  });

  it('is removed when nothing is signed any more, so that none is wrong', async () => {
    await world.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nengine: embedded\n');
    await expect(world.seal('seq2-add-app')).rejects.toMatchObject({
      code: 'SEQ0625',
      what: /mirror\/allowed_signers lists accepted keys, but seqmirror.yaml has no signing/,
    });
    await rm(join(world.root, 'mirror/allowed_signers'));
    await world.seal('seq2-add-app');
    expect(await readdir(join(world.root, 'mirror/content'))).not.toContain('chain.lock.sig');
  });

  describe('under attack', () => {
    const settings = (more: string, id = 'test') =>
      world.write('mirror/seqmirror.yaml', `schema: seqmirror/v1\nid: ${id}\nengine: embedded\n${more}`);
    const signed = (more = '') => settings(`signing:\n  with: ssh\n  key: ../key\n${more}`);
    const signAs = (purpose: string, key = 'key', signature = `${lockFile(world)}.sig`) =>
      exec('sh', ['-c', 'exec ssh-keygen -q -Y sign -f "$1" -n "$2" <"$3" >"$4" 2>"$4.said"', 'sh', join(world.root, key), purpose, lockFile(world), signature]); // prettier-ignore
    const refused = (what: RegExp) => [
      expect.objectContaining({ severity: 'error', what: expect.stringMatching(what) }),
    ];

    it('does not count in a mirror with another id', async () => {
      await settings('signing:\n  with: ssh\n  key: ../key\n', 'production');
      expect(await findings(world)).toEqual(refused(/us signed the chain of another mirror/));
      await expect(world.mirror('seq2-add-app')).rejects.toMatchObject({ code: 'SEQ0626' });
    });

    it.each(['seqmirror-bundle', 'seqmirror-receipt', 'seqmirror', 'git'])('made for %s does not count', async (as) => {
      await signAs(as);
      expect(await findings(world)).toEqual(refused(/but for other content or another purpose/));
    });

    it('does not count if chain.lock has two statements', async () => {
      const text = await readFile(lockFile(world), 'utf8');
      const other = /^# purpose=.*$/m.exec(text)?.[0].replace('mirror=test', 'mirror=production') ?? '';
      await writeFile(lockFile(world), `${text}${other}\n`);
      await signAs('seqmirror-chain');
      expect(await findings(world)).toEqual(refused(/signed the chain of another mirror/));
    });

    it('does not count with a revoked key, although allowed_signers still has it', async () => {
      await copyFile(join(world.root, 'key.pub'), join(world.root, 'mirror/revoked_signers'));
      expect(await findings(world)).toEqual(refused(/with the key of us, which .*revoked_signers revokes/));
      await rename(join(world.root, 'mirror/revoked_signers'), join(world.root, 'gone'));
      expect(await findings(world)).toEqual([]);
      await signed('  revokedSigners: ../gone\n');
      expect(await findings(world)).toEqual(refused(/, which .* revokes/));
    });

    it('does not count if the file of revoked keys cannot be read', async () => {
      await mkdir(join(world.root, 'mirror/revoked_signers'));
      expect(await findings(world)).toEqual(refused(/revoked_signers, cannot be used: it is not a readable file/));
      await rm(join(world.root, 'mirror/revoked_signers'), { recursive: true });
      await world.write('mirror/revoked_signers', 'us of last year\n');
      expect(await findings(world)).toEqual(refused(/cannot be used: line 1 has no public key/));
    });

    it('does not count with a key that a line of allowed_signers revokes, or a KRL', async () => {
      await copyFile(join(world.root, 'mirror/allowed_signers'), join(world.root, 'mirror/revoked_signers'));
      expect(await findings(world)).toEqual(refused(/which .*revoked_signers revokes/));
      await exec('ssh-keygen', [
        '-q',
        '-k',
        '-f',
        join(world.root, 'mirror/revoked_signers'),
        join(world.root, 'key.pub'),
      ]);
      expect(await findings(world)).toEqual(refused(/which .*revoked_signers revokes/));
    });

    it('in the earlier format counts with a warning, until this machine has signed in the present one', async () => {
      const text = await readFile(lockFile(world), 'utf8');
      const before = text.replace(/^# purpose=.*\n/m, '');
      await writeFile(lockFile(world), before);
      await signAs('seqmirror');
      await rm(join(world.data, 'head-seen.json'));
      expect(await findings(world)).toMatchObject([
        { code: 'SEQ0626', severity: 'warning', next: /nx run mirror:sign/ },
      ]);
      await signAs('seqmirror-chain');
      expect(await findings(world)).toEqual(refused(/or another purpose/));
      await signAs('seqmirror');
      const signature = await readFile(`${lockFile(world)}.sig`);
      await signChain({ ...run, location: world.location });
      expect(await findings(world)).toEqual([]);
      expect(await readFile(lockFile(world), 'utf8')).toBe(text);
      await writeFile(lockFile(world), before);
      await writeFile(`${lockFile(world)}.sig`, signature);
      expect(await findings(world)).toEqual(refused(/of an earlier version of seqmirror, which is no longer accepted/));
    });

    it('in the earlier format does not count if signatures are required', async () => {
      await writeFile(lockFile(world), (await readFile(lockFile(world), 'utf8')).replace(/^# purpose=.*\n/m, ''));
      await signAs('seqmirror');
      await rm(join(world.data, 'head-seen.json'));
      await settings('requireSignatures: true\nsigning:\n  with: ssh\n  key: ../key\n');
      expect(await findings(world)).toEqual(refused(/is no longer accepted/));
    });

    describe('if two people have to sign', () => {
      const second = () => `${lockFile(world)}.sig.2`;
      beforeEach(async () => {
        await signed('  threshold: 2\n');
        for (const key of ['second', 'stranger']) await newKey(join(world.root, key));
        const trusted = ['key', 'second'].map((key) => readFile(join(world.root, `${key}.pub`), 'utf8'));
        const [ours, theirs] = await Promise.all(trusted);
        await world.write('mirror/allowed_signers', `us ${ours}them ${theirs}also-us ${ours}`);
      });

      it('does not count with only one of them', async () => {
        expect(await findings(world)).toEqual(refused(/only us signed it, but 2 persons must sign/));
        await expect(world.mirror('seq2-add-app')).rejects.toMatchObject({ code: 'SEQ0626' });
      });

      it('does not count with one key twice, under whatever name', async () => {
        await signAs('seqmirror-chain', 'key', second());
        expect(await findings(world)).toEqual(refused(/only us signed it, but 2 persons must sign/));
      });

      it('does not count with two keys of one person', async () => {
        const keys = ['key', 'second'].map((key) => readFile(join(world.root, `${key}.pub`), 'utf8'));
        await world.write('mirror/allowed_signers', (await Promise.all(keys)).map((key) => `us ${key}`).join(''));
        await signAs('seqmirror-chain', 'second', second());
        expect(await findings(world)).toEqual(refused(/only us signed it, but 2 persons must sign/));
      });

      it('does not count with one of them and a stranger, or for another purpose', async () => {
        await signAs('seqmirror-chain', 'stranger', second());
        expect(await findings(world)).toEqual(refused(/2 persons must sign.*not in the list of accepted keys/));
        await signAs('seqmirror-bundle', 'second', second());
        expect(await findings(world)).toEqual(refused(/2 persons must sign.*or another purpose/));
      });

      it('counts with both, and the second one is removed when something is sealed', async () => {
        await signAs('seqmirror-chain', 'second', second());
        expect(await findings(world)).toEqual([]);
        await world.seal('seq2-add-app');
        expect(await findings(world)).toEqual(refused(/2 persons must sign/));
        expect(await readdir(join(world.root, 'mirror/content'))).not.toContain('chain.lock.sig.2');
      });
    });
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

    it('counts, whichever chain.lock is there, and the next run clears up', async () => {
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

    it('is never made for a text that was not written', async () => {
      // A kill between the two steps of discarding leaves this: the text is removed last.
      await copyFile(lockFile(world), `${lockFile(world)}.next`);
      await writeFile(`${lockFile(world)}.next.sig`, 'half of a sign');
      await finishChainSignature(await openMirror(world.location));
      expect(await leftovers(world)).toEqual([]);
      expect(await sshVerifies(world, lockFile(world))).toBe(true);
    });
  });
});
