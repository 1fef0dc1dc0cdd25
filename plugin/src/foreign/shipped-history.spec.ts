import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkingDir } from '../archive/working-dir';
import { shippedHistory } from './shipped-history';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

function workingDirOf(files: Readonly<Record<string, string>>): WorkingDir {
  return { paths: Object.keys(files), file: () => undefined, text: async (path) => files[path] };
}

describe('shippedHistory', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-'));
    await mkdir(join(folder, 'working-dir', '.history'), { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));
  const beside = (time: string) => join(folder, 'working-dir', '.history', `.history-${time}`);

  it('uses the newest in the archives, whatever lies beside them', async () => {
    await writeFile(beside('2026-09-01T00:00:00Z'), digest('a'));
    await writeFile(beside('2026-09-02T00:00:00Z'), digest('b'));
    const files = {
      '.history/.history-2026-01-02T00:00:00Z': `${digest('c')}\nno digest\n${digest('d')}\n`,
      '.history/.history-2026-01-01T00:00:00Z': digest('e'),
    };
    expect(await shippedHistory(workingDirOf(files), folder)).toEqual({
      since: '2026-01-02T00:00:00Z',
      digests: new Set([digest('c'), digest('d')]),
    });
  });

  it('else uses the one before the newest beside them, since the newest lists their own blobs', async () => {
    await writeFile(beside('2026-09-01T00:00:00Z'), digest('a'));
    expect(await shippedHistory(workingDirOf({}), folder)).toBeUndefined();
    await writeFile(beside('2026-09-02T00:00:00Z'), digest('b'));
    expect((await shippedHistory(workingDirOf({}), folder))?.digests).toEqual(new Set([digest('a')]));
  });

  it('follows no symbolic link there', async () => {
    await symlink('/etc/hostname', beside('2026-09-01T00:00:00Z'));
    await writeFile(beside('2026-09-02T00:00:00Z'), digest('b'));
    await expect(shippedHistory(workingDirOf({}), folder)).rejects.toMatchObject({ code: 'SEQ0251' });
  });
});
