import { open, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchiveIndex } from './archive-index';
import { anImage, fileOf, inTemporaryFolder, rawTar, writeArchives } from './archive.fixture';
import { copyArchive } from './copy-archive';
import type { HashPool } from './hashing/hashing';
import { startHashPool } from './hashing/hashing';
import { verifyArchives } from './verify';

// Blobs over several stretches, one of them larger than a stretch.
const layers = ['a', 'b'.repeat(9_000_000), '', ...[...'cdef'].map((letter) => letter.repeat(3_000_000))];
const image = anImage({ layers });

let pool: HashPool;
beforeAll(() => {
  pool = startHashPool();
});
afterAll(() => pool.close());

const signal = new AbortController().signal;

describe('copyArchive', () => {
  it('copies every byte, reports each once, and leaves only the frame to be hashed', () =>
    inTemporaryFolder(async (folder) => {
      const [path = ''] = (await writeArchives(folder, image)).paths;
      const to = join(folder, 'copy.tar');
      const told: number[] = [];
      const copy = await copyArchive(path, to, { pool, signal, progress: (bytes) => told.push(bytes) });
      const content = await readFile(path);
      expect((await readFile(to)).equals(content)).toBe(true);
      expect((await stat(to)).ino).not.toBe((await stat(path)).ino);
      expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBe(content.length);

      const hashed = jest.spyOn(pool, 'digestsOf');
      const known = (await verifyArchives([path], { hash: 'blobs and files' })).archives[0];
      const verified = await verifyArchives([to], {
        ...{ hash: 'blobs and files', pool },
        readBack: new Map([[to, copy!]]),
        knownSums: new Map([[known!.frameSha256, known!.sha256]]),
      });
      expect(verified.findings).toEqual([]);
      expect(verified.archives[0]).toMatchObject({ sha256: known?.sha256, frameSha256: known?.frameSha256 });
      expect(hashed).not.toHaveBeenCalled();
    }));

  it('finds a damaged blob, and no sum is then taken from what is known', () =>
    inTemporaryFolder(async (folder) => {
      const [path = ''] = (await writeArchives(folder, image)).paths;
      const [known] = (await verifyArchives([path], { hash: 'blobs and files' })).archives;
      const { blobs } = await readArchiveIndex(path);
      for (const { offset, bytes } of [...blobs.values()].filter((place) => place.bytes > 1_000_000)) {
        const content = await readFile(path);
        const file = await open(path, 'r+');
        await file.write(Buffer.from([0]), 0, 1, offset + bytes - 1);
        await file.close();
        const to = join(folder, `${offset}.tar`);
        expect(await copyArchive(path, to, { pool, signal, progress: () => undefined })).toBeUndefined();
        const knownSums = new Map([[known!.frameSha256, known!.sha256]]);
        const verified = await verifyArchives([to], { hash: 'blobs and files', pool, knownSums });
        expect(verified.damaged).toMatchObject([{ offset, bytes }]);
        expect(verified.archives[0]?.sha256).not.toBe(known?.sha256);
        const again = await open(path, 'r+');
        await again.write(content, 0, content.length, 0);
        await again.close();
      }
    }));

  it('copies what has no blobs, and refuses what is cut off', () =>
    inTemporaryFolder(async (folder) => {
      const path = await fileOf(folder, rawTar([{ header: { path: 'working-dir/a' }, body: 'a' }]));
      const to = join(folder, 'copy.tar');
      const run = { pool, signal, progress: () => undefined };
      expect((await copyArchive(path, to, run))?.blobs.size).toBe(0);
      expect((await readFile(to)).equals(await readFile(path))).toBe(true);
      await truncate(path, 700);
      await expect(copyArchive(path, to, run)).rejects.toMatchObject({ code: 'SEQ0304' });
    }));

  it('ends soon when it is stopped', () =>
    inTemporaryFolder(async (folder) => {
      const [path = ''] = (await writeArchives(folder, image)).paths;
      const stop = new AbortController();
      const run = { pool, signal: stop.signal, progress: () => stop.abort(new Error('enough')) };
      await expect(copyArchive(path, join(folder, 'copy.tar'), run)).rejects.toThrow('enough');
    }));
});
