import { readFile } from 'node:fs/promises';
import { readArchiveIndex } from './archive-index';
import { anImage, fileOf, inTemporaryFolder, rawTar, writeArchives } from './archive.fixture';
import { slimArchive } from './slim';
import { verifyArchives } from './verify';

async function anArchive(folder: string): Promise<{ path: string; registryBytes: number }> {
  const { paths } = await writeArchives(folder, anImage());
  const registry = (await readFile(paths[0] as string)).subarray(0, -1024);
  const tail = rawTar([
    { header: { path: 'working-dir/logs/a.log' }, body: 'x'.repeat(5_000_000) },
    { header: { path: 'working-dir/signatures/s' }, body: 'signature' },
    { header: { path: 'working-dir/release-images/y' }, body: 'y' },
    { header: { path: 'working-dir/helm/charts/c.tgz' }, body: 'z'.repeat(2_500_000) },
    { header: { path: 'isc_2025-08-18T01:27:03Z' }, body: 'kind: x' },
  ]);
  return { path: await fileOf(folder, Buffer.concat([registry, tail])), registryBytes: registry.length };
}

const keep = (name: string): boolean => /signatures|helm/.test(name);

describe('slimArchive', () => {
  it('keeps registry content and the entries to keep, byte for byte, and ends properly', () =>
    inTemporaryFolder(async (folder) => {
      const { path, registryBytes } = await anArchive(folder);
      const before = await readFile(path);
      const { savedBytes } = await slimArchive(path, await readArchiveIndex(path), { keep });
      const after = await readFile(path);
      expect(after.length).toBe(before.length - savedBytes);
      expect(after.subarray(0, registryBytes).equals(before.subarray(0, registryBytes))).toBe(true);
      const index = await readArchiveIndex(path);
      expect([...index.workingDir, ...index.other].map(({ name }) => name)).toEqual([
        'working-dir/signatures/s',
        'working-dir/helm/charts/c.tgz',
      ]);
      const chart = index.workingDir[1];
      expect(
        after.subarray(chart?.offset, (chart?.offset ?? 0) + 2_500_000).every((byte) => byte === 'z'.charCodeAt(0)),
      ).toBe(true);
      expect((await verifyArchives([path], { hash: 'blobs' })).findings).toEqual([]);
    }));

  it('does nothing when everything is kept', () =>
    inTemporaryFolder(async (folder) => {
      const { path } = await anArchive(folder);
      const before = await readFile(path);
      expect(await slimArchive(path, await readArchiveIndex(path), { keep: () => true })).toEqual({ savedBytes: 0 });
      expect((await readFile(path)).equals(before)).toBe(true);
    }));

  // As in archives of oc-mirror up to 5.0.
  describe('entries before the last blob', () => {
    async function withFilesInFront(folder: string, bytes: number) {
      const { paths } = await writeArchives(folder, anImage());
      const registry = await readFile(paths[0] as string);
      const first = rawTar(
        [
          { header: { path: 'working-dir/logs/a.log' }, body: 'x'.repeat(bytes) },
          { header: { path: 'working-dir/signatures/s' }, body: 'signature' },
          { header: { path: `working-dir/${'long/'.repeat(60)}b.log` }, body: 'y' },
        ],
        { end: Buffer.alloc(0) },
      );
      return { path: await fileOf(folder, Buffer.concat([first, registry])), registry };
    }

    it('are removed if they are large, and blobs and the entries to keep move forward', () =>
      inTemporaryFolder(async (folder) => {
        const { path, registry } = await withFilesInFront(folder, 9_000_000);
        const before = await verifyArchives([path], { hash: 'blobs' });
        const { savedBytes } = await slimArchive(path, await readArchiveIndex(path), { keep });
        expect(savedBytes).toBeGreaterThan(9_000_000);
        const after = await readFile(path);
        expect(after.subarray(1024).equals(registry)).toBe(true);
        const { findings, blobs, archives } = await verifyArchives([path], { hash: 'blobs' });
        expect(findings).toEqual([]);
        expect(blobs).toEqual(before.blobs);
        expect(archives[0]?.index.workingDir.map(({ name }) => name)).toEqual(['working-dir/signatures/s']);
      }));

    it.each([
      { name: 'they are small', bytes: 1, mayMoveBlobs: true },
      { name: 'blobs must not be moved', bytes: 9_000_000, mayMoveBlobs: false },
    ])('stay if $name', ({ bytes, mayMoveBlobs }) =>
      inTemporaryFolder(async (folder) => {
        const { paths } = await writeArchives(folder, anImage());
        const log = rawTar([{ header: { path: 'working-dir/logs/a.log' }, body: 'x'.repeat(bytes) }], {
          end: Buffer.alloc(0),
        });
        const large = Buffer.concat([log, await readFile(paths[0] as string)]);
        const path = await fileOf(folder, large);
        const index = await readArchiveIndex(path);
        const small = { ...index, bytes: Math.max(index.bytes, 100_000) };
        expect(await slimArchive(path, small, { keep, mayMoveBlobs })).toEqual({ savedBytes: 0 });
        expect((await readFile(path)).equals(large)).toBe(true);
      }),
    );
  });

  it('makes a valid archive of one that held nothing else', () =>
    inTemporaryFolder(async (folder) => {
      const path = await fileOf(folder, rawTar([{ header: { path: 'working-dir/logs/a.log' }, body: 'x' }]));
      await slimArchive(path, await readArchiveIndex(path), { keep: () => false });
      expect((await readFile(path)).equals(Buffer.alloc(1024))).toBe(true);
    }));
});
