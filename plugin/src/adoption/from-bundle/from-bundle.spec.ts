import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../../testing/lab/lab';
import { describeWith } from '../../../../testing/lab/requirements';
import { bundled } from '../../../../testing/worlds/bundling';
import { crashAt } from '../../../../testing/worlds/crash';
import { aSigningWorld, newKey, sshVerifies, trust } from '../../../../testing/worlds/signing';
import type { World } from '../../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../../testing/worlds/world';
import { digestOf } from '../../archive/archive.fixture';
import { listSequences } from '../../chain/list-sequences';
import { openMirror } from '../../mirror/mirror';
import { parseTransfer } from '../../mirror/sites/sites';
import { withMirrorLock } from '../../mirror/with-mirror-lock';
import { hexOf } from '../../oci/digest';
import { silentProgress } from '../../system/progress';
import { validate } from '../../validation/validate';
import { applyRebuild, planRebuild } from './from-bundle';

jest.setTimeout(240_000);
const run = {
  progress: silentProgress,
  signal: new AbortController().signal,
  now: () => new Date('2026-11-25T07:00:00Z'),
};
const records = ['chain.lock', 'seq1-baseline', 'seq2-add-app'];

describe('a chain that is restored from a bundle', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;
  const bundle = () => join(world.root, 'disk');
  const plan = () => planRebuild({ ...run, location: world.location, bundle: bundle() });
  const rebuild = async () => applyRebuild(await plan(), run);
  const content = async (at: World = world) =>
    new Map(
      [...(await at.files())].filter(
        ([path]) => path.startsWith('mirror/content/') && !/\.tar$|custody|\.sig$/.test(path),
      ),
    );
  const loseGit = () => rm(join(world.root, 'mirror/content'), { recursive: true });
  const loseData = () => rm(world.data, { recursive: true });

  beforeAll(async () => {
    upstream = await startUpstream();
    sealed = await aSealedMirror(upstream, { 'seq1-baseline': [ubi, app], 'seq2-add-app': [app] });
  });
  afterAll(async () => {
    await sealed.remove();
    await upstream.stop();
  });
  beforeEach(async () => {
    world = await sealed.copy();
  });
  afterEach(() => world.remove());

  it('has every record as it was, lists, validates, and continues with differentials', async () => {
    const before = await content();
    await bundled(world, 'seq2-add-app', { kind: 'cumulative' });
    await loseGit();
    await loseData();
    expect((await rebuild()).rebuilt).toEqual([
      { folder: 'seq1-baseline', archivesAre: 'absent' },
      { folder: 'seq2-add-app', archivesAre: 'absent' },
    ]);
    expect(await content()).toEqual(before);
    const { sequences, findings } = await listSequences(world.location);
    expect(findings).toEqual([]);
    expect(sequences.map(({ state }) => state)).toEqual(['sealed', 'sealed']);
    const validation = await validate({ ...run, location: world.location, depth: 'quick' });
    expect(validation).toMatchObject({ sound: true, findings: [] });
    const said = validation.sequences.flatMap((each) =>
      each.findings.map(({ code, severity }) => `${severity} ${code}`),
    );
    expect(said).toEqual(['warning SEQ0302', 'warning SEQ0302']);

    await world.sequence('seq3-add-tools', [ubi, app, tools]);
    const { metadata } = await world.seal('seq3-add-tools');
    expect(metadata.content_type).toBe('differential');
    expect(metadata.air_gapped_transfer.dependencies).toEqual(['seq1']);
  });

  it('records in custody.yaml which sequences the medium has, and that nothing is known about the others', async () => {
    // Only the head: an image that only seq1 had is not on it.
    await bundled(world, 'seq2-add-app', { kind: 'baseline' });
    await loseGit();
    await loseData();
    await rebuild();
    expect(await world.read('mirror/content/seq1-baseline/custody.yaml')).toMatch(
      /state: held\ncopies: \[\]\nnote: [\s\S]*has \d+ of\s+the\s+\d+\s+blobs/,
    );
    const own = await world.read('mirror/content/seq2-add-app/custody.yaml');
    expect(own).toContain('where: bundle MIRROR-seq2-add-app-1of1\n    verified: 2026-11-25');
  });

  it('finds its archives in a store that outlived the workspace', async () => {
    await bundled(world, 'seq2-add-app');
    await loseGit();
    expect((await rebuild()).rebuilt.map(({ archivesAre }) => archivesAre)).toEqual(['linked', 'linked']);
    expect(await readdir(join(world.root, 'mirror/content/seq1-baseline'))).toContain('mirror_000001.tar');
  });

  it('changes nothing if everything is here, nor by planning', async () => {
    await bundled(world, 'seq2-add-app');
    const before = await world.files();
    expect(await plan()).toMatchObject({ sequences: [], already: ['seq1-baseline', 'seq2-add-app'] });
    expect(await rebuild()).toEqual({ rebuilt: [], transferOf: [] });
    expect(await world.files()).toEqual(before);
  });

  it('has the record of the transfer that the bundle was, so that a receipt for it counts', async () => {
    await world.write('mirror/sites/bravo/site.yaml', 'schema: seqmirror/v1\nname: bravo\n');
    await bundled(world, 'seq2-add-app', { sites: ['bravo'] });
    const record = 'mirror/sites/bravo/transfers/T0001.yaml';
    const before = { ...parseTransfer(await world.read(record), record), needs_in_cache: undefined };
    await rm(join(world.root, record));
    expect((await rebuild()).transferOf).toEqual(['bravo']);
    expect(parseTransfer(await world.read(record), record)).toEqual(before);
    expect(await rebuild()).toEqual({ rebuilt: [], transferOf: [] });

    await rm(join(world.root, 'mirror/sites'), { recursive: true });
    expect((await plan()).transfer).toMatchObject({ sites: [], unknown: ['bravo'] });
    expect((await rebuild()).transferOf).toEqual([]);
  });

  it('adds only what is missing, including a lost line of chain.lock', async () => {
    await bundled(world, 'seq2-add-app');
    const before = await content();
    await rm(join(world.root, 'mirror/content/seq2-add-app'), { recursive: true });
    await writeFile(
      join(world.root, 'mirror/content/chain.lock'),
      (await world.read('mirror/content/chain.lock')).replace(/^2 .*\n/m, ''),
    );
    expect((await rebuild()).rebuilt.map(({ folder }) => folder)).toEqual(['seq2-add-app']);
    expect(await content()).toEqual(before);
  });

  it.each([
    {
      name: 'a damaged medium',
      code: 'SEQ0235',
      damage: () => appendFile(join(bundle(), 'chain/seq1-baseline/seq-inventory.jsonl'), '\n'),
    },
    {
      name: 'a folder that is not a bundle',
      code: 'SEQ0644',
      damage: () => rm(join(bundle(), 'SHA256SUMS')),
    },
    {
      name: 'the bundle of another mirror',
      code: 'SEQ0255',
      damage: () => world.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: other\n'),
    },
    {
      name: 'other content under a number',
      code: 'SEQ0255',
      damage: () => world.sequence('seq1-other', [tools]),
    },
    {
      name: 'a file that differs',
      code: 'SEQ0255',
      damage: () => world.sequence('seq1-baseline', [tools]),
    },
  ])('is refused for $name, and nothing changes', async ({ code, damage }) => {
    await bundled(world, 'seq2-add-app');
    await loseGit();
    await damage();
    const before = await world.files();
    await expect(rebuild()).rejects.toMatchObject({ code });
    expect(await world.files()).toEqual(before);
  });

  it('is refused for records that were changed together with their sums and the statement about these', async () => {
    await bundled(world, 'seq2-add-app');
    await loseGit();
    const at = (name: string) => join(bundle(), name);
    const sumOf = async (name: string) => digestOf(await readFile(at(name)));
    const file = 'chain/seq1-baseline/imageset-config.yaml';
    await writeFile(at(file), (await readFile(at(file), 'utf8')).replace(app, tools));
    const sums = await readFile(at('SHA256SUMS'), 'utf8');
    const line = /^\w+(?= {2}chain\/seq1-baseline\/imageset-config.yaml$)/m;
    await writeFile(at('SHA256SUMS'), sums.replace(line, hexOf(await sumOf(file))));
    await expect(rebuild()).rejects.toMatchObject({ code: 'SEQ0654' });
    const stated = await readFile(at('bundle-statement.env'), 'utf8');
    await writeFile(at('bundle-statement.env'), stated.replace(/sums=.*/, `sums=${await sumOf('SHA256SUMS')}`));
    await expect(rebuild()).rejects.toMatchObject({ code: 'SEQ0646' });
  });

  it('is the same after a kill at any change of the file system, when this command or any run has followed', async () => {
    await bundled(world, 'seq2-add-app', { kind: 'cumulative' });
    const before = await content();
    await loseGit();
    let nth = 1;
    for (let killed = true; killed; nth += 1) {
      const at = await world.copy();
      try {
        const location = at.location;
        const planned = await planRebuild({ ...run, location, bundle: join(at.root, 'disk') });
        killed = await crashAt(nth, () => applyRebuild(planned, run));
        await rm(join(at.data, 'lock'), { force: true });
        await withMirrorLock(await openMirror(location), { ...run, purpose: 'next' }, async () => undefined);
        const again = await planRebuild({ ...run, location, bundle: join(at.root, 'disk') });
        await applyRebuild(again, run);
        const found = [...(await content(at))].filter(([path]) => !path.endsWith('.tmp'));
        expect({ nth, found: new Map(found) }).toEqual({ nth, found: before });
        expect(await readdir(join(at.data, 'stage'))).toEqual([]);
      } finally {
        await at.remove();
      }
    }
    expect(nth).toBeGreaterThan(10);
  }, 600_000);

  describeWith(['ssh-keygen'], 'by a mirror that signs', () => {
    beforeEach(async () => {
      await world.remove();
      world = await aSigningWorld(upstream, { settings: 'requireSignatures: true\n' });
      await trust(world, 'key');
      await world.sequence('seq1-baseline', [app]);
      await world.seal('seq1-baseline');
      await bundled(world, 'seq1-baseline');
      await loseGit();
    });

    it('is verified by signers that were here before, and signed again', async () => {
      await rebuild();
      expect(await sshVerifies(world, join(world.root, 'mirror/content/chain.lock'))).toBe(true);
      expect(await readdir(join(world.root, 'mirror/content'))).toEqual(
        expect.arrayContaining([records[0], 'chain.lock.sig', records[1]]),
      );
    });

    it('is refused if the signature is missing, or by a key that does not count', async () => {
      await newKey(join(world.root, 'other'));
      await trust(world, 'other');
      await expect(rebuild()).rejects.toMatchObject({ code: 'SEQ0626' });
      await trust(world, 'key');
      await rm(join(bundle(), 'bundle-statement.env.sig'));
      await expect(rebuild()).rejects.toMatchObject({ code: 'SEQ0626' });
      expect(await readdir(join(world.root, 'mirror'))).not.toContain('content');
    });

    it('is refused without a signature, so that an unsigned medium never gets ours; --allow-unsigned is recorded', async () => {
      await world.write(
        'mirror/seqmirror.yaml',
        (await world.read('mirror/seqmirror.yaml')).replace('requireSignatures: true\n', ''),
      );
      await rm(join(bundle(), 'bundle-statement.env.sig'));
      await expect(rebuild()).rejects.toMatchObject({ code: 'SEQ0626' });
      const options = { ...run, location: world.location, bundle: bundle(), allowUnsigned: true };
      await applyRebuild(await planRebuild(options), run);
      expect(await world.read('mirror/content/seq1-baseline/custody.yaml')).toContain('--allow-unsigned');
    });

    it('is refused if our key would sign it, even if nothing says whose signatures count', async () => {
      await world.write(
        'mirror/seqmirror.yaml',
        (await world.read('mirror/seqmirror.yaml')).replace('requireSignatures: true\n', ''),
      );
      await rm(join(world.root, 'mirror/allowed_signers'));
      await expect(rebuild()).rejects.toMatchObject({ code: 'SEQ0626', why: /^seqmirror.yaml has signing/ });
      const options = { ...run, location: world.location, bundle: bundle(), allowUnsigned: true };
      await applyRebuild(await planRebuild(options), run);
      expect(await world.read('mirror/content/seq1-baseline/custody.yaml')).toContain('--allow-unsigned');
    });

    it('is refused from an old bundle that somebody sends again, after a newer head was sealed here', async () => {
      const old = { ...run, location: world.location, bundle: bundle() };
      await applyRebuild(await planRebuild(old), run);
      await world.sequence('seq2-add-ubi', [app, ubi]);
      await world.seal('seq2-add-ubi');
      await loseGit();
      await expect(planRebuild(old)).rejects.toMatchObject({ code: 'SEQ0655', what: /ends at seq1, and seq2/ });
      await applyRebuild(await planRebuild({ ...old, allowOlder: true }), run);
    });
  });
});
