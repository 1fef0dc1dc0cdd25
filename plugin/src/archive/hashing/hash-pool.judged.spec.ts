import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { digestOf, fileOf, inTemporaryFolder } from '../archive.fixture';
import type { HashPool, Range } from './hash-pool';
import { startHashPool } from './hash-pool';

let pool: HashPool;

beforeAll(() => {
  pool = startHashPool();
});
afterAll(() => pool.close());

function bytesFor(length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update('content').digest();
}

describe('a hash pool', () => {
  it('hashes ranges wherever they are, each by itself and all together', () =>
    inTemporaryFolder(async (folder) => {
      const content = bytesFor(3_000_000);
      const path = await fileOf(folder, content);
      const range = fc
        .tuple(fc.integer({ min: 0, max: content.length }), fc.oneof(fc.nat(2000), fc.nat(content.length)))
        .map(([offset, bytes]) => ({ offset, bytes: Math.min(bytes, content.length - offset) }));
      await fc.assert(
        fc.asyncProperty(fc.array(range, { maxLength: 20 }), fc.boolean(), async (unsorted, sorted) => {
          const ranges = sorted ? [...unsorted].sort((a, b) => a.offset - b.offset) : unsorted;
          const parts = ranges.map(({ offset, bytes }) => content.subarray(offset, offset + bytes));
          expect(await pool.digestsOf(path, ranges)).toEqual(parts.map(digestOf));
          expect(await pool.digestOf(path, ranges)).toBe(digestOf(Buffer.concat(parts)));
        }),
        { numRuns: 40 },
      );
    }));

  it('agrees with sha256sum about a whole file, and reports every byte once', () =>
    inTemporaryFolder(async (folder) => {
      const bytes = 100 * 1024 * 1024 + 1;
      const path = await fileOf(folder, Buffer.alloc(0));
      await truncate(path, bytes);
      const told: number[] = [];
      const digest = await pool.digestOf(path, [{ offset: 0, bytes }], { progress: (more) => told.push(more) });
      expect(digest).toBe(`sha256:${execFileSync('sha256sum', [path], { encoding: 'utf8' }).slice(0, 64)}`);
      expect(told.length).toBeGreaterThan(1);
      expect(told.reduce((sum, more) => sum + more, 0)).toBe(bytes);
    }));

  it('keeps the order of many ranges', () =>
    inTemporaryFolder(async (folder) => {
      const content = bytesFor(20_000);
      const ranges = Array.from({ length: 10_000 }, (_, number) => ({ offset: number * 2, bytes: 2 }));
      const digests = await pool.digestsOf(await fileOf(folder, content), ranges);
      expect(digests).toEqual(ranges.map(({ offset, bytes }) => digestOf(content.subarray(offset, offset + bytes))));
    }));

  it('reads the file that has the name now, not the one that had it before', () =>
    inTemporaryFolder(async (folder) => {
      const path = await fileOf(folder, Buffer.from('old'));
      const whole: Range[] = [{ offset: 0, bytes: 3 }];
      expect(await pool.digestsOf(path, whole)).toEqual([digestOf('old')]);
      await writeFile(join(folder, 'aside'), 'new');
      await rename(join(folder, 'aside'), path);
      expect(await pool.digestsOf(path, whole)).toEqual([digestOf('new')]);
    }));

  it('reports a file that became shorter, and one that cannot be read, and goes on', () =>
    inTemporaryFolder(async (folder) => {
      const path = await fileOf(folder, Buffer.from('four'));
      const beyond: Range[] = [{ offset: 2, bytes: 3 }];
      await expect(pool.digestsOf(path, beyond)).rejects.toMatchObject({
        code: 'SEQ0304',
        what: expect.stringContaining('at byte 4, the file became shorter while seqmirror read it'),
      });
      await expect(pool.digestOf(folder, beyond)).rejects.toMatchObject({ code: 'SEQ0702' });
      await expect(pool.digestOf(join(folder, 'none'), beyond)).rejects.toMatchObject({ code: 'SEQ0702' });
      expect(await pool.digestsOf(path, [{ offset: 0, bytes: 4 }])).toEqual([digestOf('four')]);
    }));

  it('stops within a file on its signal, and is ready for the next', () =>
    inTemporaryFolder(async (folder) => {
      const path = await fileOf(folder, Buffer.alloc(0));
      const bytes = 2 ** 40;
      await truncate(path, bytes);
      const stop = new AbortController();
      const progress = (): void => stop.abort(new Error('enough'));
      const run = { signal: stop.signal, progress };
      await expect(pool.digestOf(path, [{ offset: 0, bytes }], run)).rejects.toThrow('enough');
      await expect(pool.digestsOf(path, [{ offset: 0, bytes: 1 }], run)).rejects.toThrow('enough');
      expect(await pool.digestsOf(path, [{ offset: 0, bytes: 1 }])).toEqual([digestOf('\0')]);
    }));

  it('rejects jobs under way when it is closed, and later ones', () =>
    inTemporaryFolder(async (folder) => {
      const path = await fileOf(folder, Buffer.alloc(0));
      const bytes = 2 ** 40;
      await truncate(path, bytes);
      const other = startHashPool();
      const questions = [1, 2, 3].map(() => other.digestOf(path, [{ offset: 0, bytes }]));
      const answers = Promise.allSettled(questions);
      await other.close();
      expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      await expect(other.digestOf(path, [])).rejects.toThrow('closed');
    }));

  it('does not keep a process alive if nobody closes it', () => {
    const program = `
      require('@swc-node/register');
      const { startHashPool } = require('./hash-pool');
      startHashPool().digestOf(__filename.replace('[eval]', 'hash-pool.ts'), []).then(console.log);
    `;
    const said = execFileSync(process.execPath, ['-e', program], { cwd: __dirname, encoding: 'utf8', timeout: 60_000 });
    expect(said.trim()).toBe(digestOf(''));
  });

  it('lets many jobs wait for one signal, without a warning of Node about a leak', () => {
    const program = `
      require('@swc-node/register');
      const { startHashPool } = require('./hash-pool');
      const { signal } = new AbortController();
      const file = __filename.replace('[eval]', 'hash-pool.ts');
      const pool = startHashPool();
      for (let job = 0; job < 30; job += 1) pool.digestOf(file, [], { signal });
    `;
    const { stderr } = spawnSync(process.execPath, ['-e', program], {
      cwd: __dirname,
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(stderr).toBe('');
  });
});
