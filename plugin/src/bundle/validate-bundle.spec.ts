import { appendFile, copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { bundled } from '../../../testing/worlds/bundling';
import { aSigningWorld, newKey, trust } from '../../../testing/worlds/signing';
import type { World } from '../../../testing/worlds/world';
import { app, startUpstream, ubi } from '../../../testing/worlds/world';
import { openMirror, readChain } from '../mirror/mirror';
import { renderLedger, renderSite } from '../mirror/sites/sites';
import type { ChainEntry } from '../sequence/chain-lock';
import { sealedEntry } from '../sequence/chain-lock';
import { silentProgress } from '../system/progress';
import { validate } from '../validation/validate';
import type { Depth } from '../validation/validation';

jest.setTimeout(240_000);

describeWith(['ssh-keygen'], 'validate, of a bundle on its medium', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;
  const disk = (name = '') => join(world.root, 'disk', name);
  const validated = (depth: Depth = 'deep') =>
    validate({
      location: world.location,
      path: disk(),
      depth,
      progress: silentProgress,
      signal: new AbortController().signal,
      now: () => new Date('2026-11-24T08:00:00Z'),
    });
  const wrong = async (depth?: Depth) => {
    const { findings, sequences, sound } = await validated(depth);
    const codes = [...findings, ...sequences.flatMap((sequence) => sequence.findings)].map(({ code }) => code);
    return { sound, codes };
  };

  beforeAll(async () => {
    upstream = await startUpstream();
    sealed = await aSigningWorld(upstream);
    await sealed.sequence('seq1-baseline', [ubi]);
    await sealed.sequence('seq2-add-app', [ubi, app]);
    await sealed.seal('seq1-baseline');
    await sealed.seal('seq2-add-app');
  });
  afterAll(async () => {
    await sealed.remove();
    await upstream.stop();
  });
  beforeEach(async () => {
    world = await sealed.copy();
    await bundled(world, 'seq2-add-app');
  });
  afterEach(() => world.remove());

  it.each(['quick', 'full', 'deep'] as const)('finds nothing wrong with a sound one: %s', async (depth) => {
    expect(await wrong(depth)).toEqual({ sound: true, codes: [] });
  });

  it.each([
    {
      name: 'a signature by a key that does not count here',
      damage: () => newKey(join(world.root, 'other')).then(() => trust(world, 'other')),
      codes: ['SEQ0626'],
    },
    {
      name: 'SHA256SUMS that were changed after they were signed',
      damage: () => appendFile(disk('SHA256SUMS'), '# one more line\n'),
      codes: ['SEQ0626'],
    },
    {
      name: 'a file that SHA256SUMS does not list',
      damage: () => writeFile(disk('more.txt'), 'more'),
      codes: ['SEQ0235'],
    },
    { name: 'a file that is missing', damage: () => rm(disk('images.txt')), codes: ['SEQ0235'] },
    { name: 'a file that was changed', damage: () => appendFile(disk('README.txt'), 'x'), codes: ['SEQ0235'] },
  ])('notices $name', async ({ damage, codes }) => {
    await damage();
    expect(await wrong('full')).toEqual({ sound: false, codes });
  });

  it('refuses one whose signature somebody removed, since signers are configured', async () => {
    await rm(disk('SHA256SUMS.sig'));
    expect(await wrong('full')).toEqual({ sound: false, codes: ['SEQ0626'] });
  });

  it('never counts signers that came on the medium', async () => {
    await copyFile(join(world.root, 'mirror/allowed_signers'), disk('allowed_signers'));
    const settings = await readFile(join(world.root, 'mirror/seqmirror.yaml'), 'utf8');
    const signers = '  signers: ../disk/allowed_signers\n';
    await writeFile(join(world.root, 'mirror/seqmirror.yaml'), settings.replace(/( {2}key: .*\n)/, `$1${signers}`));
    expect(await wrong('full')).toEqual({ sound: false, codes: ['SEQ0626', 'SEQ0235'] });
  });

  it('says of one for a site what it was made to need', async () => {
    await rm(disk(), { recursive: true });
    const { lock } = await readChain(await openMirror(world.location));
    const { seal } = sealedEntry(lock, 1) as ChainEntry;
    const entry = {
      ...{ sequence: 1, seal, confidence: 'assumed' as const, held_in: 'registry' as const },
      at: '2026-11-23T07:00:00Z',
    };
    await world.write('mirror/sites/bravo/site.yaml', renderSite({ schema: 'seqmirror/v1', name: 'bravo' }));
    await world.write('mirror/sites/bravo/ledger.yaml', renderLedger({ schema: 'seqmirror/v1', entries: [entry] }));
    await bundled(world, 'seq2-add-app', { sites: ['bravo'] });
    const { sequences, sound, findings } = await validated();
    expect({ sound, findings }).toEqual({ sound: true, findings: [] });
    expect(sequences).toMatchObject([{ verdict: 'PROVEN GIVEN', given: ['seq1'] }]);
  });
});
