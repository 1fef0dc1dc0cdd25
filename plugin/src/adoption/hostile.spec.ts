import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aChain } from '../../../testing/worlds/chain';
import { rawTar } from '../archive/archive.fixture';
import { listSequences } from '../chain/list-sequences';
import { renderAdoptionPlan } from '../report/text/adoption';
import { applyAdoption } from './apply-adoption';
import type { AdoptionWorld } from './original.fixture';
import { anAdoptionWorld, run, writeOriginals } from './original.fixture';

const chain = aChain().baseline('baseline').build();
// eslint-disable-next-line no-control-regex -- what must not reach a terminal
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

describe('adopting from a hostile folder', () => {
  let world: AdoptionWorld;
  let folder: string;
  beforeEach(async () => {
    world = await anAdoptionWorld();
    [folder] = (await writeOriginals(world.old, chain, { archives: 'complete' })) as [string];
  });
  afterEach(() => world.remove());

  it.each<{ name: string; spoil: () => Promise<unknown>; code: string }>([
    {
      name: 'an archive that is a symbolic link',
      spoil: async () => {
        await rename(join(folder, 'mirror_000001.tar'), join(world.root, 'elsewhere.tar'));
        await symlink(join(world.root, 'elsewhere.tar'), join(folder, 'mirror_000001.tar'));
      },
      code: 'SEQ0251',
    },
    {
      name: 'an archive that is a pipe',
      spoil: async () => execFileSync('mkfifo', [join(folder, 'mirror_000002.tar')]),
      code: 'SEQ0251',
    },
    {
      name: 'an archive that is a folder',
      spoil: () => mkdir(join(folder, 'mirror_000002.tar')),
      code: 'SEQ0251',
    },
    {
      name: 'a configuration that is a symbolic link',
      spoil: async () => {
        await rename(join(folder, 'imageset-config.yaml'), join(world.root, 'isc.yaml'));
        await symlink(join(world.root, 'isc.yaml'), join(folder, 'imageset-config.yaml'));
      },
      code: 'SEQ0251',
    },
    {
      name: 'a configuration of a gigabyte',
      spoil: () => truncate(join(folder, 'imageset-config.yaml'), 2 ** 30),
      code: 'SEQ0251',
    },
    {
      name: 'a configuration with a password',
      spoil: () =>
        writeFile(
          join(folder, 'imageset-config.yaml'),
          'kind: ImageSetConfiguration\nmirror:\n  helm:\n    repositories:\n      - name: a\n        url: https://me:secret@charts.example.org/\n',
        ),
      code: 'SEQ0102',
    },
    {
      name: 'no configuration at all',
      spoil: () => rename(join(folder, 'imageset-config.yaml'), join(folder, 'something.txt')),
      code: 'SEQ0249',
    },
  ])('refuses $name, and changes nothing', async ({ spoil, code }) => {
    await spoil();
    const before = await readdir(world.root, { recursive: true });
    const plan = await world.plan();
    expect(plan.refused?.reason.code).toBe(code);
    expect(plan.sequences).toEqual([]);
    expect(renderAdoptionPlan(plan)).not.toMatch(control);
    expect((await readdir(world.root, { recursive: true })).filter((path) => !path.startsWith('data'))).toEqual(before);
  });

  it.each<{ name: string; metadata: string | Buffer }>([
    { name: 'metadata of two megabytes', metadata: 'a: b\n'.repeat(400_000) },
    { name: 'metadata with endless aliases', metadata: 'a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n' },
    { name: 'metadata with endless nesting', metadata: '['.repeat(100_000) },
    { name: 'metadata that is not text', metadata: Buffer.from([0, 255, 254, 1, 2, 3]) },
    { name: 'metadata of other types', metadata: 'description: [1]\narchives: 7\nair_gapped_transfer: yes\n' },
    { name: 'metadata with escapes', metadata: 'description: "\\e]0;owned\\a"\ncontent_type: "\\e[31mred"\n' },
  ])('continues without $name', async ({ metadata }) => {
    await writeFile(join(folder, 'seq-metadata.yaml'), metadata);
    const plan = await world.plan();
    expect(plan.sequences.map(({ folder: name }) => name)).toEqual(['seq1-baseline']);
    expect(renderAdoptionPlan(plan)).not.toMatch(control);
    await applyAdoption(plan, run);
    expect((await listSequences(world.location)).sequences.map(({ state }) => state)).toEqual(['sealed']);
  });

  it('makes its own names from names with escapes and line ends', async () => {
    await rename(folder, join(world.old, 'seq1-\u001b[31mred\nseq2'));
    const plan = await world.plan();
    expect(plan.sequences[0]?.folder).toBe('seq1-31mred-seq2');
    expect(renderAdoptionPlan(plan)).not.toMatch(control);
    await applyAdoption(plan, run);
    expect(await readdir(world.content)).toEqual(['chain.lock', 'seq-upload.sh', 'seq1-31mred-seq2']);
  });

  it('does not follow a folder that is a symbolic link', async () => {
    await rename(folder, join(world.root, 'aside'));
    await symlink(join(world.root, 'aside'), join(world.old, 'seq1-baseline'));
    await expect(world.plan()).rejects.toMatchObject({ code: 'SEQ0246' });
  });

  it('takes nothing that replaced an archive after it was verified', async () => {
    const plan = await world.plan();
    await rename(join(folder, 'mirror_000001.tar'), join(world.root, 'real.tar'));
    await writeFile(join(world.root, 'secret'), 'secret');
    await symlink(join(world.root, 'secret'), join(folder, 'mirror_000001.tar'));
    await expect(applyAdoption(plan, run)).rejects.toMatchObject({ code: 'SEQ0253' });
    expect((await listSequences(world.location)).sequences).toEqual([]);
  });

  it('sees that names of images lead out of the folder, or are not names', async () => {
    const config = `kind: ImageSetConfiguration\nmirror:\n  operators:\n    - catalog: quay.io/a/index:v1\n      packages: [{ name: p }]\n`;
    await writeFile(join(folder, 'imageset-config.yaml'), config);
    const entries = ['../../etc/passwd', '/etc/passwd', 'working-dir/../../x', 'working-dir/\u001b[31m'];
    await writeFile(
      join(folder, 'mirror_000001.tar'),
      rawTar(entries.map((path) => ({ header: { path }, body: '{"schema":"olm.bundle"}' }))),
    );
    const plan = await world.plan();
    expect(plan.sequences[0]?.damage).toBeDefined();
    expect(renderAdoptionPlan(plan)).not.toMatch(control);
  });
});
