/** Two people sign, each with their own key; ssh-keygen and the far side's script decide whether it counts. */
import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { bundled } from '../../../testing/worlds/bundling';
import { aSignedMirror, newKey } from '../../../testing/worlds/signing';
import type { World } from '../../../testing/worlds/world';
import { app, startUpstream, ubi } from '../../../testing/worlds/world';
import { countersignChain } from '../chain/countersign-chain';
import { signChain } from '../chain/sign-chain';
import { openMirror } from '../mirror/mirror';
import { chainSignature } from '../mirror/signing/signing';
import { silentProgress } from '../system/progress';
import { validate } from '../validation/validate';
import { countersignBundle } from './countersign-bundle';

const exec = promisify(execFile);
jest.setTimeout(240_000);
const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-25T07:00:00Z'),
};
const twoPeople =
  'schema: seqmirror/v1\nid: test\nengine: embedded\nsigning: { with: ssh, key: ../key, threshold: 2 }\n';

describeWith(['ssh-keygen'], 'the signature of a second person', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;
  const at = (...names: string[]) => join(world.root, ...names);
  const disk = (...names: string[]) => at('disk', ...names);
  const findings = async () => (await chainSignature(await openMirror(world.location))).findings;
  const chain = (key: string | undefined = at('second')) => countersignChain({ ...run, location: world.location, key });
  const ofBundle = (key: string | undefined = at('second'), path = disk()) =>
    countersignBundle({ ...run, location: world.location, key, path, uploader: undefined });
  const validated = async () => {
    const given = { location: world.location, path: disk(), depth: 'full' as const };
    return (await validate({ ...run, ...given })).findings.map(({ code }) => code);
  };

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
    for (const key of ['second', 'stranger']) await newKey(at(key));
    const [ours, theirs] = await Promise.all(['key', 'second'].map((key) => readFile(at(`${key}.pub`), 'utf8')));
    await world.write('mirror/allowed_signers', `us ${ours}them ${theirs}`);
    await world.write('mirror/seqmirror.yaml', twoPeople);
  });
  afterEach(() => world.remove());

  describe('over chain.lock', () => {
    it('is reported as missing, with what to do, and then counts', async () => {
      expect(await findings()).toMatchObject([
        { code: 'SEQ0626', what: /is signed by us, and 2 have to/, next: /nx run mirror:countersign --key=/ },
      ]);
      const outcome = { files: ['mirror/content/chain.lock'], by: 'us and them', head: 'seq1-baseline' };
      expect(await chain()).toEqual({ ...outcome, isNew: true });
      expect(await findings()).toEqual([]);
      const second = await readFile(at('mirror/content/chain.lock.sig.2'));
      expect(await chain()).toEqual({ ...outcome, isNew: false });
      expect(await readFile(at('mirror/content/chain.lock.sig.2'))).toEqual(second);
      await world.sequence('seq2-add-app', [ubi, app]);
      await world.seal('seq2-add-app');
      expect(await findings()).toMatchObject([{ code: 'SEQ0626' }]);
      await chain();
      expect(await findings()).toEqual([]);
    });

    it.each([
      { name: 'with the key of the first', key: 'key', why: /only us signed it, but 2 persons must sign/ },
      { name: "with a stranger's key", key: 'stranger', why: /not one of these signers/ },
    ])('is not written $name', async ({ key, why }) => {
      await expect(chain(at(key))).rejects.toMatchObject({ code: 'SEQ0626', what: why, next: /^Nothing was written/ });
      expect(await readdir(at('mirror/content'))).not.toContain('chain.lock.sig.2');
    });

    it('is not added to what the first did not sign, nor to records that differ from what was sealed', async () => {
      const lock = await readFile(at('mirror/content/chain.lock'));
      await appendFile(at('mirror/content/chain.lock'), '# more\n');
      await expect(chain()).rejects.toMatchObject({ code: 'SEQ0626' });
      await writeFile(at('mirror/content/chain.lock'), lock);
      await appendFile(at('mirror/content/seq1-baseline/seq-inventory.jsonl'), '\n');
      await expect(chain()).rejects.toMatchObject({ code: expect.stringMatching(/^SEQ02/) as string });
      expect(await readdir(at('mirror/content'))).not.toContain('chain.lock.sig.2');
    });

    it('is not made if no signer is configured, or if the signer does not tell whose key it used', async () => {
      await world.write('mirror/seqmirror.yaml', twoPeople.replace(/signing.*\n/, ''));
      await expect(chain()).rejects.toMatchObject({ code: 'SEQ0625' });
      const gpg = 'signing: { with: gpg, sign: [gpg], verify: [gpgv] }\n';
      await world.write('mirror/seqmirror.yaml', twoPeople.replace(/signing.*\n/, gpg));
      await expect(chain()).rejects.toMatchObject({ code: 'SEQ0625', what: /gpg does not say whose key/ });
    });
  });

  describe('over a bundle', () => {
    beforeEach(async () => {
      await chain();
      await bundled(world, 'seq1-baseline');
    });

    it('is reported as missing here and at a site that requires two, and then counts at both', async () => {
      const site = at('site');
      await mkdir(site);
      await copyFile(at('mirror/allowed_signers'), join(site, 'allowed_signers'));
      await writeFile(join(site, 'settings'), 'threshold=2\n');
      const check = () =>
        exec('sh', [disk('seq-upload.sh'), 'check', `--site-dir=${site}`]).then(
          ({ stdout }) => ({ code: 0, said: stdout }),
          ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
        );
      expect(await validated()).toEqual(['SEQ0626']);
      expect(await check()).toMatchObject({ code: 4, said: /nx run test:countersign --path=<medium>/ });
      expect(await ofBundle()).toEqual({
        ...{ files: ['disk/bundle-statement.env'], by: 'us and them', head: 'seq1-baseline', isNew: true },
      });
      expect(await validated()).toEqual([]);
      expect(await check()).toMatchObject({ code: 0, said: /signature {2}by us and them/ });
      expect(await ofBundle()).toMatchObject({ isNew: false });
    });

    it('is added to every volume, from the folder that holds them', async () => {
      await rm(disk(), { recursive: true });
      await bundled(world, 'seq1-baseline', { media: '420000' });
      const volumes = await readdir(disk());
      expect(volumes.length).toBeGreaterThan(1);
      const { files } = await ofBundle();
      expect(files).toHaveLength(volumes.length);
      expect(await validated()).toEqual([]);
    });

    it.each<{ name: string; damage: () => Promise<unknown>; code: string; key?: string }>([
      { name: 'a file that was changed', damage: () => appendFile(disk('README.txt'), 'x'), code: 'SEQ0235' },
      {
        name: 'a first signature that was removed',
        damage: () => rm(disk('bundle-statement.env.sig')),
        code: 'SEQ0626',
      },
      { name: 'a chain that has another head', damage: () => otherHead(), code: 'SEQ0654' },
      {
        name: 'another script, with sums and signature of the first to match',
        damage: () => otherScript(),
        code: 'SEQ0654',
      },
      { name: 'nothing wrong, by the first', damage: async () => undefined, code: 'SEQ0626', key: 'key' },
    ])('is not added to a bundle with $name', async ({ damage, code, key = 'second' }) => {
      await damage();
      await expect(ofBundle(at(key))).rejects.toMatchObject({ code });
      expect(await readdir(disk())).not.toContain('bundle-statement.env.sig.2');
    });

    const otherHead = async () => {
      await rm(at('mirror/content'), { recursive: true });
      await world.sequence('seq1-baseline', [app]);
      await world.seal('seq1-baseline');
      await chain();
    };
    const otherScript = async () => {
      await appendFile(disk('seq-upload.sh'), '# and something else\n');
      const sum = async (name: string) => (await exec('sha256sum', [disk(name)])).stdout.slice(0, 64);
      const sums = await readFile(disk('SHA256SUMS'), 'utf8');
      await writeFile(disk('SHA256SUMS'), sums.replace(/^\S+(?= .seq-upload\.sh$)/m, await sum('seq-upload.sh')));
      const statement = await readFile(disk('bundle-statement.env'), 'utf8');
      const text = statement.replace(/^sums=.*$/m, `sums=sha256:${await sum('SHA256SUMS')}`);
      await writeFile(disk('bundle-statement.env'), text);
      await rm(disk('bundle-statement.env.sig'));
      await exec('ssh-keygen', [
        '-q',
        '-Y',
        'sign',
        '-n',
        'seqmirror-bundle',
        '-f',
        at('key'),
        disk('bundle-statement.env'),
      ]);
    };
  });

  it('must be made again when the first signs again', async () => {
    await chain();
    await signChain({ ...run, location: world.location });
    expect(await readdir(at('mirror/content'))).not.toContain('chain.lock.sig.2');
  });
});
