import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { below, readableRoot } from './path-below';
import { openRegular, streamRegular } from './regular-file';
import { readNamedText, readText, readTextIfThere, readTextNow } from './text-file';

let folder: string;
const at = (...names: string[]) => below(readableRoot(folder), ...names);
const refusal = (code: string, says: string) => ({ code, what: expect.stringContaining(says) as string });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seqmirror-text-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('readText', () => {
  it('reads a file to its end, and says if it is missing', async () => {
    await writeFile(join(folder, 'a'), 'text\n'.repeat(1000));
    expect(await readText(at('a'))).toBe('text\n'.repeat(1000));
    expect(await readTextIfThere(at('b'))).toBeUndefined();
    await expect(readText(at('b'))).rejects.toMatchObject(refusal('SEQ0702', '(ENOENT)'));
  });

  it.each(['record', 'deeper/record'])('follows no link: %s', async (name) => {
    await writeFile(join(folder, 'secret'), 'x');
    await symlink(name === 'record' ? join(folder, 'secret') : folder, join(folder, name.split('/')[0] as string));
    await expect(readText(at(...name.split('/')))).rejects.toMatchObject(refusal('SEQ0708', 'is a symbolic link'));
    expect(readTextNow(at('record'))).toBeUndefined();
  });

  it('does not wait for a pipe', async () => {
    await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);
    await expect(readText(at('pipe'))).rejects.toMatchObject(refusal('SEQ0709', 'not a file'));
    await expect(readNamedText(join(folder, 'pipe'))).rejects.toMatchObject(refusal('SEQ0709', 'not a file'));
    await expect(openRegular(join(folder, 'pipe'))).rejects.toMatchObject({ code: 'SEQ0709' });
    await expect(streamRegular(join(folder, 'pipe')).toArray()).rejects.toMatchObject({ code: 'SEQ0709' });
    expect(readTextNow(at('pipe'))).toBeUndefined();
  });

  it('does not read an endless device', async () => {
    await symlink('/dev/zero', join(folder, 'receipt'));
    await expect(readNamedText(join(folder, 'receipt'))).rejects.toMatchObject(refusal('SEQ0709', 'not a file'));
    await expect(readText(at('receipt'))).rejects.toMatchObject({ code: 'SEQ0708' });
  });

  it('reads no more than such a file can have', async () => {
    const file = await open(join(folder, 'receipt'), 'w');
    await file.truncate(1.5 * 1024 ** 3);
    await file.close();
    const refused = refusal('SEQ0709', 'is larger than 4.0 MiB');
    await expect(readText(at('receipt'))).rejects.toMatchObject(refused);
    await expect(readNamedText(join(folder, 'receipt'))).rejects.toMatchObject(refused);
    expect(readTextNow(at('receipt'))).toBeUndefined();
    await writeFile(join(folder, 'short'), 'x'.repeat(10));
    expect(await readText(at('short'), { limit: 10 })).toHaveLength(10);
    await expect(readText(at('short'), { limit: 9 })).rejects.toMatchObject({ code: 'SEQ0709' });
  });

  it('reads nothing from /dev/null, if a person named that', async () => {
    expect(await readNamedText('/dev/null')).toBe('');
    await symlink('/dev/null', join(folder, 'record'));
    await expect(readText(at('record'))).rejects.toMatchObject({ code: 'SEQ0708' });
  });

  it('reads files of the system, whose size is given as 0', async () => {
    expect(await readNamedText('/proc/self/status')).toContain('Pid:');
  });

  it('says that it is a folder', async () => {
    await expect(readText(at())).rejects.toMatchObject(refusal('SEQ0709', 'is a folder, not a file'));
  });
});
