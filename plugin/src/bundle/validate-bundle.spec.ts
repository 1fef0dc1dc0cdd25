import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { bundled } from '../../../testing/worlds/bundling';
import { aSignedMirror, newKey, trust } from '../../../testing/worlds/signing';
import type { World } from '../../../testing/worlds/world';
import { app, startUpstream, ubi } from '../../../testing/worlds/world';
import { openMirror, readChain } from '../mirror/mirror';
import { renderLedger, renderSite } from '../mirror/sites/sites';
import type { ChainEntry } from '../sequence/chain-lock';
import { sealedEntry } from '../sequence/chain-lock';
import { renderValidation } from '../report/text/validation';
import { silentProgress } from '../system/progress';
import { validate } from '../validation/validate';
import type { Depth, ValidateOptions } from '../validation/validation';

jest.setTimeout(240_000);
const exec = promisify(execFile);
const today = '2026-11-24T08:00:00Z';

describeWith(['ssh-keygen'], 'validate, of a bundle on its medium', () => {
  let upstream: Lab;
  let sealed: World;
  let world: World;
  const disk = (name = '') => join(world.root, 'disk', name);
  const validated = (depth: Depth = 'deep', more: Partial<ValidateOptions> = {}) =>
    validate({
      ...more,
      location: world.location,
      path: disk(),
      depth,
      progress: silentProgress,
      signal: new AbortController().signal,
      now: () => new Date(today),
    });
  const wrong = async (depth?: Depth, more?: Partial<ValidateOptions>) => {
    const { findings, sequences, sound } = await validated(depth, more);
    const codes = [...findings, ...sequences.flatMap((sequence) => sequence.findings)].map(({ code }) => code);
    return { sound, codes };
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
    await bundled(world, 'seq2-add-app');
  });
  afterEach(() => world.remove());

  it.each(['quick', 'full', 'deep'] as const)('finds nothing wrong with a sound bundle: %s', async (depth) => {
    expect(await wrong(depth)).toEqual({ sound: true, codes: [] });
  });

  it('calls a bundle by its transfer, its sequence and its site', async () => {
    expect((await validated('quick')).sequences.map(({ name }) => name)).toEqual(['bundle of seq2-add-app']);
    await world.write('mirror/sites/bravo/site.yaml', renderSite({ schema: 'seqmirror/v1', name: 'bravo' }));
    await rm(disk(), { recursive: true });
    await bundled(world, 'seq2-add-app', { sites: ['bravo'] });
    const text = renderValidation(await validated('quick'));
    expect(text).toMatch(/^bundle T0001 of seq2-add-app for bravo: CONSISTENT, checked by headers/);
  });

  it.each([
    {
      name: 'a signature with a key that does not count here',
      damage: () => newKey(join(world.root, 'other')).then(() => trust(world, 'other')),
      codes: ['SEQ0626'],
    },
    {
      name: 'SHA256SUMS that were changed after they were signed',
      damage: () => appendFile(disk('SHA256SUMS'), '# one more line\n'),
      codes: ['SEQ0654'],
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

  describe('under attack', () => {
    const statement = () => disk('bundle-statement.env');
    const sign = (file: string, purpose: string, { key = 'key', to = `${file}.sig` } = {}) =>
      exec('sh', ['-c', 'exec ssh-keygen -q -Y sign -f "$1" -n "$2" <"$3" >"$4" 2>/dev/null', 'sh', join(world.root, key), purpose, file, to]); // prettier-ignore
    const states = async (change: (text: string) => string) => {
      await writeFile(statement(), change(await readFile(statement(), 'utf8')));
      await sign(statement(), 'seqmirror-bundle');
    };
    /** As if an earlier version had written it: an attacker who has one of its signatures can have no more. */
    const asBefore = async () => {
      for (const name of ['bundle-statement.env', 'bundle-statement.env.sig', 'SHA256SUMS.sig']) await rm(disk(name));
      const env = (await readFile(disk('bundle.env'), 'utf8')).replace(/^statement=.*\n/m, '');
      await writeFile(disk('bundle.env'), env);
      const sum = createHash('sha256').update(env).digest('hex');
      const sums = await readFile(disk('SHA256SUMS'), 'utf8');
      await writeFile(disk('SHA256SUMS'), sums.replace(/^\w+(?= {2}bundle\.env$)/m, sum));
    };
    const threshold = async () => {
      const settings = await world.read('mirror/seqmirror.yaml');
      await world.write('mirror/seqmirror.yaml', settings.replace('  with: ssh\n', '  with: ssh\n  threshold: 2\n'));
    };

    it.each([
      { name: 'whose signature was removed', attack: () => rm(`${statement()}.sig`), codes: ['SEQ0626'] },
      {
        name: 'whose statement was removed, so that it looks like one of an earlier version',
        attack: () => Promise.all([rm(statement()), rm(`${statement()}.sig`)]),
        codes: ['SEQ0654'],
      },
      {
        name: 'that has every trace of a signature removed',
        attack: asBefore,
        codes: ['SEQ0626'],
      },
      {
        name: 'signed in the format of earlier versions, which never expires',
        attack: () => asBefore().then(() => sign(disk('SHA256SUMS'), 'seqmirror')),
        codes: ['SEQ0626'],
      },
      {
        name: 'whose statement was changed: another mirror',
        attack: async () =>
          writeFile(statement(), (await readFile(statement(), 'utf8')).replace('mirror=test', 'mirror=other')),
        codes: ['SEQ0626', 'SEQ0654'],
      },
      {
        name: 'that was signed for another mirror',
        attack: () => states((text) => text.replace('mirror=test', 'mirror=other')),
        codes: ['SEQ0654'],
      },
      {
        name: 'with the statement of another head',
        attack: () => states((text) => text.replace('head=seq2\nhead_number=2', 'head=seq1\nhead_number=1')),
        codes: ['SEQ0654'],
      },
      {
        name: 'with the statement of a bundle for other sites',
        attack: () => states((text) => text.replace('sites=', 'sites=bravo')),
        codes: ['SEQ0654'],
      },
      {
        name: 'signed for the purpose of a chain',
        attack: () => sign(statement(), 'seqmirror-chain'),
        codes: ['SEQ0626'],
      },
      {
        name: 'signed for the purpose of a receipt',
        attack: () => sign(statement(), 'seqmirror-receipt'),
        codes: ['SEQ0626'],
      },
      {
        name: 'whose statement is of another purpose',
        attack: () => states((text) => text.replace('purpose=bundle', 'purpose=chain')),
        codes: ['SEQ0652'],
      },
      {
        name: 'that has expired',
        attack: () => states((text) => `${text}expires=${today}\n`),
        codes: ['SEQ0655'],
      },
      {
        name: 'signed with a revoked key',
        attack: () => copyFile(join(world.root, 'key.pub'), join(world.root, 'mirror/revoked_signers')),
        codes: ['SEQ0626'],
      },
      {
        name: 'with a second signature by a stranger',
        attack: async () => {
          await newKey(join(world.root, 'stranger'));
          await sign(statement(), 'seqmirror-bundle', { key: 'stranger', to: `${statement()}.sig.2` });
        },
        codes: ['SEQ0626'],
      },
      {
        name: 'signed by one, if two have to',
        attack: threshold,
        codes: ['SEQ0626'],
      },
      {
        name: 'signed with one key twice, if two people have to',
        attack: () => threshold().then(() => copyFile(`${statement()}.sig`, `${statement()}.sig.2`)),
        codes: ['SEQ0626'],
      },
    ])('one $name is refused', async ({ attack, codes }) => {
      await attack();
      expect(await wrong('quick')).toEqual({ sound: false, codes });
    });

    it('one signed by two people is accepted if two have to sign', async () => {
      await threshold();
      await newKey(join(world.root, 'second'));
      const them = await readFile(join(world.root, 'second.pub'), 'utf8');
      await appendFile(join(world.root, 'mirror/allowed_signers'), `them ${them}`);
      await sign(statement(), 'seqmirror-bundle', { key: 'second', to: `${statement()}.sig.2` });
      expect(await wrong('quick')).toEqual({ sound: true, codes: [] });
    });

    it('one that expires later is accepted', async () => {
      await states((text) => `${text}expires=2026-11-24T08:00:01Z\n`);
      expect(await wrong('quick')).toEqual({ sound: true, codes: [] });
    });

    it('one without a signature is accepted with --allow-unsigned, one with a wrong signature is not', async () => {
      await rm(`${statement()}.sig`);
      expect(await wrong('quick', { allowUnsigned: true })).toEqual({ sound: true, codes: ['SEQ0626'] });
      await sign(statement(), 'seqmirror-chain');
      expect(await wrong('quick', { allowUnsigned: true })).toEqual({ sound: false, codes: ['SEQ0626'] });
      await asBefore();
      await sign(disk('SHA256SUMS'), 'seqmirror');
      expect(await wrong('quick', { allowUnsigned: true })).toEqual({ sound: true, codes: ['SEQ0626'] });
    });
  });

  it('never counts signers that came on the medium', async () => {
    await copyFile(join(world.root, 'mirror/allowed_signers'), disk('allowed_signers'));
    const settings = await readFile(join(world.root, 'mirror/seqmirror.yaml'), 'utf8');
    const signers = '  signers: ../disk/allowed_signers\n';
    await writeFile(join(world.root, 'mirror/seqmirror.yaml'), settings.replace(/( {2}key: .*\n)/, `$1${signers}`));
    expect(await wrong('full')).toEqual({ sound: false, codes: ['SEQ0626', 'SEQ0235'] });
  });

  it('reports for one for a site what it needs', async () => {
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
