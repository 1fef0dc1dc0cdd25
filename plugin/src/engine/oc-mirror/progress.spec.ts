import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentProgress } from '../../system/progress';
import { registryFolder } from './cache';
import { foldersIn } from './folders';
import { cacheBytes, reportProgress } from './progress';

describe('reportProgress', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'seqmirror-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('reports in words what the log says, and leaves no timer behind', async () => {
    const details: string[] = [];
    const report = reportProgress(foldersIn(root), { ...silentProgress, detail: (text) => void details.push(text) });
    report.onEvent({ event: 'collecting', kind: 'operator' });
    report.onEvent({ event: 'images to copy', count: 2 });
    report.onEvent({ event: 'copied', reference: 'a' });
    report.onEvent({ event: 'copy failed', reference: 'b' });
    report.onEvent({ event: 'archiving' });
    await report.stop();
    expect(details).toEqual([
      'collecting operator images',
      '0 of 2 images copied',
      '1 of 2 images copied',
      '1 of 2 images copied, 1 failed so far',
      'writing the archives',
    ]);
  });

  it('counts the bytes of the cache, if there is one', async () => {
    expect(await cacheBytes(root)).toBe(0);
    const blob = join(root, registryFolder, 'blobs', 'sha256', 'ab', 'ab'.repeat(32));
    await mkdir(blob, { recursive: true });
    await writeFile(join(blob, 'data'), Buffer.alloc(1234));
    expect(await cacheBytes(root)).toBe(1234);
  });
});
