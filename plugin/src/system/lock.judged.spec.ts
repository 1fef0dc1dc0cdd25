import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, readLock } from './lock';

const now = new Date('2026-11-23T06:08:52Z');
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seqmirror-lock-'));
  path = join(folder, 'data', 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function deadPid(): number {
  return spawnSync('true').pid;
}

async function leaveLock(holder: object): Promise<void> {
  const attempt = await acquireLock(path, { purpose: 'seq1', now });
  if (!attempt.acquired) throw new Error('the lock was not free');
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...holder }));
}

describe('acquireLock', () => {
  it('is refused while this same process holds it, and names the holder', async () => {
    await acquireLock(path, { purpose: 'seq3-add-ubi9', now });
    const second = await acquireLock(path, { purpose: 'seq3-add-ubi9', now });
    expect(second).toMatchObject({
      acquired: false,
      where: 'here',
      holder: {
        process: { pid: process.pid },
        host: hostname(),
        since: '2026-11-23T06:08:52.000Z',
        purpose: 'seq3-add-ubi9',
      },
    });
  });

  it('is free again after release, and leaves no file behind', async () => {
    const first = await acquireLock(path, { purpose: 'seq1', now });
    if (first.acquired) await first.release();
    expect(await readdir(join(folder, 'data'))).toEqual([]);
    expect(await acquireLock(path, { purpose: 'seq2', now })).toMatchObject({ acquired: true });
  });

  it.each([
    ['whose process is gone', { process: { pid: deadPid(), started: 'long ago' } }],
    ['whose number belongs to a younger process now', { process: { pid: process.pid, started: 'long ago' } }],
  ])('replaces a lock %s', async (_, holder) => {
    await leaveLock(holder);
    expect(await acquireLock(path, { purpose: 'seq2', now })).toMatchObject({
      acquired: true,
      replaced: { purpose: 'seq1' },
    });
  });

  it('replaces an empty file', async () => {
    await leaveLock({});
    await writeFile(path, '\0\0\0');
    expect(await acquireLock(path, { purpose: 'seq2', now })).toMatchObject({ acquired: true });
  });

  it.each<{ name: string; plant: () => Promise<unknown> }>([
    { name: 'a text of somebody', plant: () => writeFile(path, 'my notes\n') },
    { name: 'JSON of another kind', plant: () => writeFile(path, '{"pid":1}\n') },
    { name: 'a lock with another key', plant: () => leaveLock({ more: true }) },
    { name: 'a text of a megabyte', plant: () => writeFile(path, 'a'.repeat(1_000_000)) },
    { name: 'a folder', plant: () => mkdir(path) },
    { name: 'a link', plant: () => symlink(join(folder, 'theirs'), path) },
    { name: 'a pipe', plant: async () => spawnSync('mkfifo', [path]) },
  ])(
    'does not delete a file that is not one of our locks: $name',
    async ({ plant }) => {
      await mkdir(join(folder, 'data'));
      await writeFile(join(folder, 'theirs'), 'theirs');
      await plant();
      const before = await readdir(folder, { recursive: true });
      await expect(acquireLock(path, { purpose: 'seq2', now })).rejects.toMatchObject({
        code: 'SEQ0707',
        what: expect.stringContaining(path),
      });
      expect(await readdir(folder, { recursive: true })).toEqual(before);
    },
    5_000,
  );

  it('leaves a lock of another host alone, since its process cannot be checked from here', async () => {
    await leaveLock({ host: 'builder-3' });
    expect(await acquireLock(path, { purpose: 'seq2', now })).toMatchObject({
      acquired: false,
      where: 'elsewhere',
      holder: { host: 'builder-3' },
    });
  });

  it('goes to exactly one of many that want to replace the same stale lock', async () => {
    await leaveLock({ process: { pid: process.pid, started: 'before the last boot' } });
    const attempts = await Promise.all(Array.from({ length: 20 }, () => acquireLock(path, { purpose: 'x', now })));
    expect(attempts.filter((attempt) => attempt.acquired)).toHaveLength(1);
    expect(await readLock(path)).toMatchObject({ state: 'held' });
    expect(await readdir(join(folder, 'data'))).toEqual(['lock']);
  });
});
