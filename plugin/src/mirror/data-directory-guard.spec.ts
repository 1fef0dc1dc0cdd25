import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentProgress } from '../system/progress';
import { openMirror } from './mirror';
import { withMirrorLock } from './with-mirror-lock';

describe('a data directory', () => {
  let outer: string;
  const at = (...names: string[]) => join(outer, ...names);
  beforeEach(async () => {
    outer = await mkdtemp(join(tmpdir(), 'seqmirror-data-'));
    await mkdir(at('workspace/mirror/content'), { recursive: true });
  });
  afterEach(() => rm(outer, { recursive: true, force: true }));

  async function open(settings: string, env: Record<string, string> = {}) {
    await writeFile(at('workspace/mirror/seqmirror.yaml'), `schema: seqmirror/v1\nid: test\n${settings}`);
    const location = { workspaceRoot: at('workspace'), mirrorRoot: 'mirror', name: 'mirror' };
    return openMirror({ ...location, env: { HOME: at('home'), ...env } });
  }
  const planted = async (mode = 0o755) => {
    await mkdir(at('data/test/stage'), { recursive: true });
    await chmod(at('data/test'), mode);
    return { SEQMIRROR_DATA_DIR: at('data') };
  };

  it.each(['..', '.', '../planted', '../../beside', './data'])(
    'is refused if a pull request names it, in its own folder: %s',
    async (dataDir) => {
      await expect(open(`dataDir: ${dataDir}\n`)).rejects.toMatchObject({
        code: 'SEQ0173',
        next: expect.stringContaining('SEQMIRROR_DATA_DIR'),
      });
    },
  );

  it('is refused if it lies in the workspace, whoever names it', async () => {
    await expect(open(`dataDir: ${at('workspace/mirror/data')}\n`)).rejects.toMatchObject({ code: 'SEQ0173' });
    await expect(open('', { SEQMIRROR_DATA_DIR: at('workspace/data') })).rejects.toMatchObject({ code: 'SEQ0173' });
    await expect(open('', { HOME: at('workspace') })).rejects.toMatchObject({ code: 'SEQ0173' });
  });

  it.each(['folder', 'file'])('is refused if it lies in another checkout, whose .git is a %s', async (kind) => {
    await mkdir(at('other/deep'), { recursive: true });
    await (kind === 'folder' ? mkdir(at('other/.git')) : writeFile(at('other/.git'), 'gitdir: elsewhere\n'));
    await expect(open(`dataDir: ${at('other/deep/data')}\n`)).rejects.toMatchObject({
      code: 'SEQ0173',
      what: expect.stringContaining(at('other')),
    });
  });

  it('is refused if it is a link into a checkout', async () => {
    await mkdir(at('workspace/planted/test'), { recursive: true });
    await symlink(at('workspace/planted'), at('data'));
    await expect(open('', { SEQMIRROR_DATA_DIR: at('data') })).rejects.toMatchObject({ code: 'SEQ0173' });
  });

  it.each([0o775, 0o757, 0o2775, 0o1777])(
    'is refused if others can write to it, with the chmod that helps: %o',
    async (mode) => {
      const env = await planted(mode);
      await expect(open('', env)).rejects.toMatchObject({
        code: 'SEQ0174',
        next: expect.stringContaining(`chmod -R go-w ${at('data/test')}`),
      });
      await expect(open('', { ...env, SEQMIRROR_SHARED_DATA_DIR: '1' })).resolves.toMatchObject({ name: 'mirror' });
      await chmod(at('data/test'), 0o755);
      await expect(open('', env)).resolves.toMatchObject({ name: 'mirror' });
    },
  );

  it('is refused if others can write to its stage, unless nobody else may enter', async () => {
    const env = await planted();
    await chmod(at('data/test/stage'), 0o777);
    await expect(open('', env)).rejects.toMatchObject({ code: 'SEQ0174', what: expect.stringContaining('stage') });
    await chmod(at('data/test'), 0o700);
    await expect(open('', env)).resolves.toMatchObject({ name: 'mirror' });
  });

  it.each(['stage', 'store', 'reissue', 'frames', 'engines'])('is refused if its %s is a link', async (name) => {
    const env = await planted();
    await rm(at('data/test', name), { recursive: true, force: true });
    await symlink(at('workspace'), at('data/test', name));
    const shared = { ...env, SEQMIRROR_SHARED_DATA_DIR: '1' };
    for (const each of [env, shared]) await expect(open('', each)).rejects.toMatchObject({ code: 'SEQ0174' });
  });

  (process.getuid?.() === 0 ? it : it.skip)('that belongs to another account is refused', async () => {
    const env = await planted();
    await chown(at('data/test'), 12345, 0);
    await expect(open('', env)).rejects.toMatchObject({
      code: 'SEQ0174',
      what: expect.stringContaining('uid 12345'),
    });
    await expect(open('', { ...env, SEQMIRROR_SHARED_DATA_DIR: '1' })).resolves.toMatchObject({ name: 'mirror' });
  });

  it('is made for this account alone', async () => {
    const mirror = await open('', { SEQMIRROR_DATA_DIR: at('data') });
    const run = { purpose: 'test', now: () => new Date(), progress: silentProgress };
    await withMirrorLock(mirror, run, async () => undefined);
    expect((await stat(at('data/test'))).mode & 0o777).toBe(0o700);
  });
});
