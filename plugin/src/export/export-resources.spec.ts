import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aChain } from '../../../testing/worlds/chain';
import { renderLedger } from '../mirror/sites/sites';
import { renderExport } from '../report/text/export';
import type { ExportOptions } from './export-resources';
import { exportResources } from './export-resources';

const chain = aChain().baseline('baseline', { adds: 3 }).differential('logging', { adds: 2 }).build();

let root: string;
const pathOf = (path: string) => join(root, path);
const write = async (path: string, text: string) => {
  await mkdir(dirname(pathOf(path)), { recursive: true });
  await writeFile(pathOf(path), text);
};
const read = (path: string) => readFile(pathOf(path), 'utf8');
const filesIn = async (path: string) =>
  (await readdir(pathOf(path), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(pathOf(path).length + 1))
    .sort();
const exported = (options: Partial<ExportOptions> = {}) =>
  exportResources({
    location: { workspaceRoot: root, mirrorRoot: 'mirror', env: { HOME: dirname(root) } },
    dryRun: false,
    signal: new AbortController().signal,
    ...options,
  });
const site = (name: string, more = '') =>
  write(`mirror/sites/${name}/site.yaml`, `schema: seqmirror/v1\nname: ${name}\n${more}`);
const acknowledged = async (name: string, number: number) => {
  const { seal } = chain.sequences[number - 1]!.metadata;
  const entry = { sequence: number, seal, held_in: 'registry', at: '2026-03-01T12:00:00Z', confidence: 'attested' };
  await write(`mirror/sites/${name}/ledger.yaml`, renderLedger({ schema: 'seqmirror/v1', entries: [entry as never] }));
};

beforeEach(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'seqmirror-export-')), 'workspace');
  await write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nname: mirror\n');
  for (const [path, text] of Object.entries(chain.files)) await write(`mirror/content/${path}`, text);
});
afterEach(() => rm(dirname(root), { recursive: true, force: true }));

describe('exportResources', () => {
  it('exports for each site what it has acknowledged, and says which sites it left out', async () => {
    await site('alpha', 'registry: registry.alpha.example:8443/mirror\n');
    await acknowledged('alpha', 1);
    await site('bravo', 'registry: registry.bravo.example:8443/mirror\n');
    await acknowledged('bravo', 2);
    await site('charlie', 'registry: registry.charlie.example\n');
    await site('delta');
    const outcome = await exported();
    expect(outcome.sites.map(({ site: name, number }) => [name, number])).toEqual([
      ['alpha', 1],
      ['bravo', 2],
    ]);
    const lines = renderExport(outcome).split('\n');
    expect(lines).toContain('alpha: seq1-baseline at registry.alpha.example:8443/mirror');
    expect(lines).toContain('charlie: left out, since it has not acknowledged a sequence');
    expect(lines).toContain('delta: left out, since its site.yaml has no `registry`');
    expect(await filesIn('mirror/export')).toEqual(outcome.written);
    const all = await Promise.all(outcome.written.map((path) => read(`mirror/export/${path}`)));
    expect(all.join('')).toContain('registry.bravo.example:8443/mirror');
  });

  it('exports any sequence on request', async () => {
    await site('alpha', 'registry: registry.alpha.example:8443/mirror\n');
    expect((await exported({ sequence: 2, dryRun: true })).sites).toMatchObject([{ number: 2 }]);
    await expect(exported({ sequence: 3 })).rejects.toMatchObject({ code: 'SEQ0272' });
  });

  it('writes nothing in a dry run, and nothing again that is the same', async () => {
    await site('alpha', 'registry: registry.alpha.example:8443/mirror\n');
    await acknowledged('alpha', 2);
    const planned = await exported({ dryRun: true });
    await expect(readdir(pathOf('mirror/export'))).rejects.toThrow('ENOENT');
    expect((await exported()).written).toEqual(planned.written);
    expect(await exported()).toMatchObject({ written: [], removed: [], unchanged: planned.written.length });
  });

  it('removes what it wrote for a site that is gone, and leaves files of others', async () => {
    for (const name of ['alpha', 'bravo']) {
      await site(name, `registry: registry.${name}.example:8443/mirror\n`);
      await acknowledged(name, 1);
    }
    await exported();
    await write('mirror/export/README.md', 'ours\n');
    await write('mirror/export/overlays/bravo/patch.yaml', '# ours\n');
    await rm(pathOf('mirror/sites/bravo'), { recursive: true });
    const { removed } = await exported();
    expect(removed).toContain('overlays/bravo/kustomization.yaml');
    expect((await filesIn('mirror/export')).filter((path) => !/^(base|overlays\/alpha)\//.test(path))).toEqual([
      'README.md',
      'overlays/bravo/patch.yaml',
    ]);
  });

  it('replaces no file that it did not write, and writes nothing then', async () => {
    await site('alpha', 'registry: registry.alpha.example:8443/mirror\n');
    await acknowledged('alpha', 1);
    await write('mirror/export/overlays/alpha/kustomization.yaml', 'resources: []\n');
    await expect(exported()).rejects.toMatchObject({ code: 'SEQ0271' });
    expect(await filesIn('mirror/export')).toEqual(['overlays/alpha/kustomization.yaml']);
  });

  it('follows no link out of the folder', async () => {
    await site('alpha', 'registry: registry.alpha.example:8443/mirror\n');
    await acknowledged('alpha', 1);
    await mkdir(pathOf('outside'));
    await mkdir(pathOf('mirror/export'));
    await symlink(pathOf('outside'), pathOf('mirror/export/overlays'));
    await expect(exported()).rejects.toMatchObject({ code: 'SEQ0708' });
    expect(await readdir(pathOf('outside'))).toEqual([]);
  });

  it('fails if no site can be exported', async () => {
    await expect(exported()).rejects.toMatchObject({ code: 'SEQ0270' });
    await site('delta');
    await expect(exported()).rejects.toMatchObject({
      code: 'SEQ0270',
      details: ['delta: its site.yaml has no `registry`'],
    });
  });

  it('exports nothing from records that were edited', async () => {
    await site('alpha', 'registry: registry.alpha.example:8443/mirror\n');
    await acknowledged('alpha', 1);
    const path = 'mirror/content/seq1-baseline/imageset-config.yaml';
    await write(path, `${await read(path)}# edited\n`.replace('registry.example', 'registry.evil.example'));
    await expect(exported()).rejects.toMatchObject({ code: 'SEQ0201' });
  });
});
