import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { BlobRecord } from '../../oci/blob';
import type { Digest } from '../../oci/digest';
import type { Folders } from './folders';
import { foldersIn } from './folders';
import { writeHistory } from './history';
import { handOverArchives, prepareStage, pruneWorkingDir, removeHalfMade } from './stage';

const catalog = 'operator-catalogs/index/0a';
const good = `${catalog}/filtered-catalogs/good`;
const half = `${catalog}/filtered-catalogs/half`;

describe('the stage', () => {
  let root: string;
  let folders: Folders;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'seqmirror-'));
    folders = foldersIn(join(root, 'engine'));
  });
  afterEach(() => rm(root, { recursive: true }));

  async function fill(folder: string, files: Readonly<Record<string, string | number>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, typeof content === 'number' ? Buffer.alloc(content) : content);
    }
  }
  async function filesIn(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort();
  }

  it('loses before a run what archives would carry for nothing', async () => {
    await fill(folders.workingDir, {
      'logs/oc-mirror.log': 'x',
      'dry-run/mapping.txt': 'x',
      'isc_pinned_2026-11-23T06:08:52Z.yaml': 'x',
      'disc_pinned_2026-11-23T06:08:52Z.yaml': 'x',
      'containers/registries.d/localhost:40123.yaml': 'x',
      [`${catalog}/catalog-image/index.json`]: 'x',
      [`${catalog}/catalog-config/configs/a/catalog.json`]: 'x',
      [`${good}/digest`]: 'x',
      [`${good}/catalog-config/a/catalog.json`]: 'x',
      [`${good}/filtered-catalog-image/index.json`]: 'x',
      'release-images/ocp-release/4.19.2-x86_64/index.json': 'x',
      'release-images/ocp-release/4.19.2-x86_64/blobs/sha256/manifest': 64 * 1024,
      'release-images/ocp-release/4.19.2-x86_64/blobs/sha256/layer': 64 * 1024 + 1,
      'signatures/4.19.2-x86_64-sha256-00': 'x',
    });
    await pruneWorkingDir(folders.workingDir);
    expect(await filesIn(folders.workingDir)).toEqual([
      `${good}/catalog-config/a/catalog.json`,
      `${good}/digest`,
      'release-images/ocp-release/4.19.2-x86_64/blobs/sha256/manifest',
      'release-images/ocp-release/4.19.2-x86_64/index.json',
      'signatures/4.19.2-x86_64-sha256-00',
    ]);
  });

  it('loses after a kill what may be half-written, and keeps catalogs that were rebuilt completely', async () => {
    await fill(folders.workingDir, {
      [`${catalog}/catalog-config/configs/a/catalog.json`]: 'x',
      [`${good}/digest`]: '7d'.repeat(32),
      [`${good}/catalog-config/a/catalog.json`]: 'x',
      [`${half}/catalog-config/a/catalog.json`]: 'x',
      [`${catalog}/filtered-catalogs/cut/digest`]: '7d',
      'release-images/ocp-release/4.19.2-x86_64/index.json': 'x',
      'hold-release/ocp-release/4.19.2-x86_64/release-manifests/image-references': 'x',
      'signatures/4.19.2-x86_64-sha256-00': '',
      'helm/charts/a-1.tgz': 'x',
    });
    await removeHalfMade(folders.workingDir);
    expect(await filesIn(folders.workingDir)).toEqual([
      'helm/charts/a-1.tgz',
      `${good}/catalog-config/a/catalog.json`,
      `${good}/digest`,
    ]);
  });

  it('has no archive of an earlier run when the next begins, and an unchanged cache', async () => {
    await fill(folders.stage, { 'mirror_000001.tar': 'half', 'working-dir/hold-release/a/b': 'x' });
    await fill(folders.cache, { '.oc-mirror/.cache/x': 'x' });
    await fill(folders.temporary, { storage123: 'x' });
    await prepareStage(folders, { leftover: { killed: true, isOurs: true }, keyFile: undefined });
    expect(await filesIn(join(root, 'engine'))).toEqual(['cache/.oc-mirror/.cache/x']);
  });

  it('has no file in the cache that a killed run was writing when the next begins', async () => {
    const blob = '.oc-mirror/.cache/docker/registry/v2/blobs/sha256/d5/d53f';
    const half = `${blob}/data.01a222e0-9d55-7b02-8acd-27cf4f406626.tmp`;
    for (const killed of [false, true]) {
      await fill(folders.cache, { [`${blob}/data`]: 'x', [half]: 'x' });
      await prepareStage(folders, { leftover: { killed, isOurs: true }, keyFile: undefined });
      expect((await filesIn(folders.cache)).sort()).toEqual(killed ? [`${blob}/data`] : [`${blob}/data`, half]);
    }
  });

  it('gives the archives in the order of their numbers, in place of older ones', async () => {
    const to = join(root, 'seq2');
    await fill(to, { 'mirror_000003.tar': 'old', 'other.txt': 'stays' });
    await fill(folders.stage, { 'mirror_000002.tar': 'b', 'mirror_000001.tar': 'a' });
    expect(await handOverArchives(folders, to)).toEqual(
      ['mirror_000001.tar', 'mirror_000002.tar'].map((name) => join(to, name)),
    );
    expect(await filesIn(to)).toEqual(['mirror_000001.tar', 'mirror_000002.tar', 'other.txt']);
    expect(await filesIn(folders.stage)).toEqual([]);
  });

  describe('writeHistory', () => {
    const now = new Date('2026-11-23T06:08:52.123Z');
    const { signal } = new AbortController();
    const base = new Map<Digest, BlobRecord>();
    for (let index = 0; index < 5000; index += 1) {
      const digest = `sha256:${index.toString(16).padStart(64, '0')}` as Digest;
      base.set(digest, { digest, bytes: 1 });
    }

    it('replaces all earlier files by one with all digests of the base', async () => {
      await fill(folders.workingDir, { '.history/.history-2027-01-01T00:00:00Z': 'sha256:00\n' });
      await writeHistory(folders.workingDir, base, { now, signal });
      expect(await filesIn(folders.workingDir)).toEqual(['.history/.history-2026-11-23T06:08:52Z']);
      const text = await readFile(join(folders.workingDir, '.history/.history-2026-11-23T06:08:52Z'), 'utf8');
      expect(text).toBe([...base.keys()].map((digest) => `${digest}\n`).join(''));
    });

    it('writes no file for a baseline', async () => {
      await fill(folders.workingDir, { '.history/.history-2025-01-01T00:00:00Z': 'sha256:00\n' });
      await writeHistory(folders.workingDir, new Map(), { now, signal });
      expect(await filesIn(folders.workingDir)).toEqual([]);
    });
  });
});
