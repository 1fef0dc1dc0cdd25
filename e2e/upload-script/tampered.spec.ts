/** Whoever holds a medium may change it in any way: a site with signers uploads none of it unless it is forced to. */
import { execFileSync } from 'node:child_process';
import { appendFile, cp, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWith } from '../../testing/lab/requirements';
import { carryBundle, carrySequence, sealOf, sumUp } from '../../testing/worlds/carried';
import type { FarSide } from './far-side.fixture';
import { startFarSide } from './far-side.fixture';
import type { StatementFacts } from './signed.fixture';
import { newKeys, sign, signBundle } from './signed.fixture';
import { exists, where } from './toolbox.fixture';

jest.setTimeout(900_000);

const registry = 'registry.site:8443';
const uploadFailed = '#!/bin/sh\ntouch "$0.was-run"\n';

describeWith(['busybox', 'ssh-keygen'], 'a site with allowed_signers, under busybox sh', () => {
  let far: FarSide;
  let good: string;
  let uploads = 0;
  const key = (name: string) => join(far.home, 'keys', name);
  const site = (...names: string[]) => join(far.home, '.seqmirror/platform', ...names);
  const script = (folder: string, ...args: string[]) => far.script(folder, [registry, ...args]);

  // seq2 was uploaded, and seq3 is the good medium that each case begins with.
  beforeAll(async () => {
    far = await startFarSide('busybox sh');
    await symlink(where('ssh-keygen'), join(far.bin, 'ssh-keygen'));
    await newKeys(join(far.home, 'keys'), ['sender', 'second', 'stranger', 'revoked']);
    await mkdir(site(), { recursive: true });
    const names = ['sender', 'second', 'revoked'];
    const signers = names.map(
      async (name) => `${name} namespaces="seqmirror*" ${await readFile(`${key(name)}.pub`, 'utf8')}`,
    );
    await writeFile(site('allowed_signers'), (await Promise.all(signers)).join(''));
    await writeFile(site('revoked_signers'), await readFile(`${key('revoked')}.pub`, 'utf8'));
    await writeFile(site('settings'), 'site=bravo\n');
    const before = await carryBundle(join(far.media, 'T0002'), { number: 2, bundle: 'T0002' });
    await signBundle(before, key('sender'));
    expect(await script(before)).toMatchObject({ code: 0, stderr: '' });
    good = await carryBundle(join(far.media, 'T0003'), { number: 3, bundle: 'T0003' });
    await signBundle(good, key('sender'));
    uploads = (await far.ocMirror.runs()).length;
  });
  afterAll(() => far?.close());

  const resigned = async (folder: string, facts: StatementFacts, purpose?: string) =>
    signBundle(folder, key('sender'), { facts, ...(purpose === undefined ? {} : { purpose }) });
  const changeEnv = async (folder: string, from: string | RegExp, to: string) => {
    const file = join(folder, 'bundle.env');
    await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
  };
  const statement = (folder: string) => join(folder, 'bundle-statement.env');
  const remove =
    (...names: string[]) =>
    (folder: string) =>
      Promise.all(names.map((name) => rm(join(folder, name), { force: true }))).then(() => undefined);
  /** Changed, with sums and a statement that a stranger makes for it. */
  const byStranger = async (folder: string) => {
    await appendFile(join(folder, 'imageset-config.yaml'), '# x\n');
    await sumUp(folder);
    await signBundle(folder, key('stranger'));
  };

  const unsignedAgain = async (folder: string, from: string | RegExp, to: string) => {
    await remove('bundle-statement.env', 'bundle-statement.env.sig')(folder);
    await changeEnv(folder, from, to);
    await sumUp(folder);
  };

  const tamperings: readonly { name: string; does: (folder: string) => Promise<unknown>; args?: readonly string[] }[] =
    [
      // Stripped.
      { name: 'the signature is removed', does: remove('bundle-statement.env.sig') },
      { name: 'the statement is removed', does: remove('bundle-statement.env') },
      { name: 'statement and signature are removed', does: remove('bundle-statement.env', 'bundle-statement.env.sig') },
      { name: 'the signature is empty', does: (folder) => truncate(`${statement(folder)}.sig`, 0) },
      { name: 'the signature is large', does: (folder) => truncate(`${statement(folder)}.sig`, 2 * 1024 ** 2) },
      {
        name: 'the signature is a link',
        does: async (folder) => {
          await rename(`${statement(folder)}.sig`, join(folder, 'x'));
          await symlink('x', `${statement(folder)}.sig`);
        },
      },
      {
        name: 'only a signature of the old kind is left',
        does: async (folder) => {
          await remove('bundle-statement.env', 'bundle-statement.env.sig')(folder);
          await sign(join(folder, 'SHA256SUMS'), key('sender'), 'seqmirror');
        },
      },
      { name: 'the sums are removed', does: remove('SHA256SUMS') },
      // Tampered.
      { name: 'an archive is changed', does: (folder) => appendFile(join(folder, 'archives/mirror_000001.tar'), 'x') },
      {
        name: 'an archive and its sum are changed',
        does: async (folder) => {
          await appendFile(join(folder, 'archives/mirror_000001.tar'), 'x');
          await sumUp(folder);
        },
      },
      {
        name: 'the configuration is changed',
        does: (folder) => appendFile(join(folder, 'imageset-config.yaml'), '# x\n'),
      },
      {
        name: 'bundle.env is changed',
        does: (folder) =>
          changeEnv(folder, 'description', 'x').then(() => appendFile(join(folder, 'bundle.env'), 'x=1\n')),
      },
      { name: 'the statement is changed', does: (folder) => appendFile(statement(folder), 'x=1\n') },
      { name: 'a stranger signs it again', does: byStranger },
      { name: 'a revoked key signs it', does: (folder) => signBundle(folder, key('revoked')) },
      { name: 'it is signed for a receipt', does: (folder) => resigned(folder, {}, 'seqmirror-receipt') },
      { name: 'it is signed for a chain', does: (folder) => resigned(folder, {}, 'seqmirror-chain') },
      { name: 'it is signed as files were before', does: (folder) => resigned(folder, {}, 'seqmirror') },
      { name: 'the statement has another purpose', does: (folder) => resigned(folder, { purpose: 'chain' }) },
      {
        name: 'the signers are on the medium',
        does: async (folder) => {
          await byStranger(folder);
          await writeFile(
            join(folder, 'allowed_signers'),
            `stranger ${await readFile(`${key('stranger')}.pub`, 'utf8')}`,
          );
        },
        args: ['--allowed-signers=MEDIUM/allowed_signers'],
      },
      // Swapped.
      { name: 'the statement is of another mirror', does: (folder) => resigned(folder, { mirror: 'other' }) },
      {
        name: 'the statement is of another head',
        does: (folder) => resigned(folder, { head: 'seq9', head_number: '9' }),
      },
      { name: 'the statement is of another seal', does: (folder) => resigned(folder, { seal: sealOf(9) }) },
      { name: 'the statement is of another transfer', does: (folder) => resigned(folder, { transfer: 'T0009' }) },
      { name: 'the statement is of other sums', does: (folder) => resigned(folder, { sums: sealOf(9) }) },
      {
        name: 'the statement says a thing twice',
        does: async (folder) => {
          await appendFile(statement(folder), 'mirror=platform\n');
          await sign(statement(folder), key('sender'), 'seqmirror-bundle');
        },
      },
      {
        name: 'it is the statement of the medium before',
        does: async (folder) => {
          for (const name of ['bundle-statement.env', 'bundle-statement.env.sig'])
            await cp(join(far.media, 'T0002', name), join(folder, name));
        },
      },
      // Replayed, expired, of another site.
      {
        name: 'it is an older one, signed',
        does: async (folder) => {
          await rm(folder, { recursive: true });
          await carryBundle(folder, { number: 1, bundle: 'T0001' });
          await signBundle(folder, key('sender'));
        },
      },
      {
        name: 'it is an older one, for a registry by another name',
        args: ['AS other.site:5000'],
        does: async (folder) => {
          await rm(folder, { recursive: true });
          await carryBundle(folder, { number: 1, bundle: 'T0001' });
          await signBundle(folder, key('sender'));
        },
      },
      { name: 'it has expired', does: (folder) => resigned(folder, { expires: '2020-01-01T00:00:00Z' }) },
      { name: 'it expires at no moment that can be read', does: (folder) => resigned(folder, { expires: 'never' }) },
      { name: 'it is for another site', does: (folder) => resigned(folder, { sites: 'charlie,delta' }) },
      // Renamed.
      {
        name: 'the mirror is renamed, unsigned',
        does: (folder) => unsignedAgain(folder, 'mirror=platform', 'mirror=other'),
      },
      {
        name: 'the mirror is renamed, signed by a stranger',
        does: async (folder) => {
          await changeEnv(folder, 'mirror=platform', 'mirror=other');
          await byStranger(folder);
        },
      },
      { name: 'the mirror is a path', does: (folder) => unsignedAgain(folder, 'mirror=platform', 'mirror=../other') },
      { name: 'the bundle is a path', does: (folder) => unsignedAgain(folder, /bundle=.*/, 'bundle=../../x') },
      {
        name: 'it becomes a sequence in its own folder',
        does: async (folder) => {
          await rm(folder, { recursive: true });
          await carrySequence(folder, { number: 3 });
          await writeFile(
            join(folder, 'seq-upload.env'),
            `format=seqmirror-sequence/1\nmirror=platform\nseal=${sealOf(3)}\n`,
          );
        },
      },
      {
        name: 'it becomes a sequence without a mirror',
        does: async (folder) => {
          await rm(folder, { recursive: true });
          await carrySequence(folder, { number: 1, seal: sealOf(8) });
        },
      },
      // Planted.
      {
        name: 'it says that all volumes are together, with marks',
        does: async (folder) => {
          await unsignedAgain(folder, 'volume=1', 'volume=all');
          await writeFile(join(folder, 'volume-1'), 'signed\n');
          await sumUp(folder);
        },
      },
      {
        name: 'a mark is among its files',
        does: async (folder) => {
          await unsignedAgain(folder, 'volumes=1', 'volumes=2');
          for (const name of ['volume-1', 'volume-2', 'taken']) await writeFile(join(folder, name), 'signed\n');
          await sumUp(folder);
        },
      },
      {
        name: 'an archive is a link',
        does: async (folder) => {
          await rename(join(folder, 'archives/mirror_000001.tar'), join(far.home, 'elsewhere.tar'));
          await symlink(join(far.home, 'elsewhere.tar'), join(folder, 'archives/mirror_000001.tar'));
        },
      },
      {
        name: 'bundle.env is a pipe',
        does: async (folder) => {
          await rm(join(folder, 'bundle.env'));
          execFileSync('mkfifo', [join(folder, 'bundle.env')]);
        },
      },
      {
        name: 'it brings an oc-mirror of its own',
        args: ['--oc-mirror=MEDIUM/oc-mirror'],
        does: (folder) => writeFile(join(folder, 'oc-mirror'), uploadFailed, { mode: 0o755 }),
      },
    ];

  it('is tried by 40 kinds and more', () => {
    expect(new Set(tamperings.map(({ name }) => name)).size).toBeGreaterThanOrEqual(40);
  });

  it.each(tamperings)('uploads nothing when $name', async ({ does, args = [] }) => {
    const folder = join(far.media, 'tampered');
    await rm(folder, { recursive: true, force: true });
    await cp(good, folder, { recursive: true });
    await does(folder);
    const to = args.find((arg) => arg.startsWith('AS '))?.slice(3) ?? registry;
    const options = args.filter((arg) => !arg.startsWith('AS ')).map((arg) => arg.replace('MEDIUM', folder));
    const outcome = await far.script(folder, [to, ...options]);
    expect([outcome.stderr, outcome.code]).toEqual([
      expect.stringMatching(/^Stopped: [^]*Why: [^]*Next: /m),
      expect.any(Number),
    ]);
    expect([3, 4, 5]).toContain(outcome.code);
    expect((await far.ocMirror.runs()).length).toBe(uploads);
    expect(await exists(join(folder, 'oc-mirror.was-run'))).toBe(false);
  });

  it('uploads the good one, from its spool, and what is older or unsigned when it is told to', async () => {
    expect(await script(good)).toMatchObject({ code: 0, stderr: '' });
    expect(await exists(site('spool', 'T0003'))).toBe(false);
    const older = await carryBundle(join(far.media, 'older'), { number: 1, bundle: 'T0001' });
    expect(await script(older, '--allow-unsigned')).toMatchObject({ code: 5 });
    expect(await script(older, '--allow-unsigned', '--allow-older')).toMatchObject({ code: 0 });
  });

  it('requires two people if its settings say so', async () => {
    await writeFile(site('settings'), 'threshold=2\n');
    const folder = await carryBundle(join(far.media, 'T0004'), { number: 4, bundle: 'T0004' });
    await signBundle(folder, key('sender'));
    expect((await script(folder)).stderr).toContain('signed by 1 of 2 people: sender');
    await signBundle(folder, key('sender'), { second: key('sender') });
    expect((await script(folder)).stderr).toContain('signed by 1 of 2 people: sender');
    await signBundle(folder, key('sender'), { second: key('stranger') });
    expect(await script(folder)).toMatchObject({ code: 4 });
    await signBundle(folder, key('sender'), { second: key('second') });
    expect(await script(folder)).toMatchObject({ code: 0, stderr: '' });
  });

  it('runs the installed script and no program of the medium', async () => {
    await writeFile(site('settings'), '');
    const folder = await carryBundle(join(far.media, 'T0005'), { number: 4, bundle: 'T0005' });
    await signBundle(folder, key('sender'));
    const installed = await far.script(folder, ['install']);
    expect([installed.code, installed.stdout]).toEqual([0, expect.stringContaining('Compare both hashes')]);
    await writeFile(join(folder, 'oc-mirror'), uploadFailed, { mode: 0o755 });
    const env = { PATH: `.:${folder}:${far.bin}` };
    const outcome = await far.script(site(), [`--medium=${folder}`, registry, '--again'], { env, cwd: folder });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(await exists(join(folder, 'oc-mirror.was-run'))).toBe(false);
    await appendFile(join(folder, 'seq-upload.sh'), '# x\n');
    await sumUp(folder);
    await signBundle(folder, key('sender'));
    expect((await far.script(folder, ['install'])).stderr).toContain('another seq-upload.sh is installed');
  });
});
