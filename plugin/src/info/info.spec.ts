import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mirrorInfo } from './info';

describe('mirrorInfo', () => {
  let root: string;
  beforeEach(async () => (root = join(await mkdtemp(join(tmpdir(), 'seqmirror-info-')), 'workspace')));
  afterEach(() => rm(dirname(root), { recursive: true, force: true }));

  async function write(path: string, text: string, mode = 0o600): Promise<string> {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await chmod(file, mode);
    return file;
  }

  async function infoWith(settings: string, env: NodeJS.ProcessEnv = {}) {
    await write('mirror/seqmirror.yaml', `schema: seqmirror/v1\nid: test\n${settings}`);
    const location = { workspaceRoot: root, mirrorRoot: 'mirror', name: 'mirror' };
    return mirrorInfo({ ...location, env: { PATH: '', HOME: join(dirname(root), 'home'), ...env } });
  }

  it('shows for each setting the line that sets it, or that it is the default', async () => {
    const { settings } = await infoWith(
      'retries: 8\nocMirror:\n  # slow\n  imageTimeout: 9000\nembedded:\n  ifRefused: skip\nregistries:\n  hosts:\n    quay.io:\n      rate: 65536\n',
    );
    const at = (line: number) => ({ kind: 'file', file: 'mirror/seqmirror.yaml', line });
    expect(settings).toEqual(
      expect.arrayContaining([
        { key: 'retries', value: 8, from: at(3) },
        { key: 'ocMirror.imageTimeout', value: 9000, from: at(6) },
        { key: 'parallelImages', value: 4, from: { kind: 'default' } },
        { key: 'engine', value: 'auto', from: { kind: 'default' } },
        { key: 'embedded.attachments', value: 'all', from: { kind: 'default' } },
        { key: 'embedded.ifRefused', value: 'skip', from: at(8) },
        { key: 'registries.hosts.quay.io.rate', value: 65536, from: at(12) },
      ]),
    );
  });

  it.each([
    { name: 'the variable first', settings: 'dataDir: /d\n', env: { SEQMIRROR_DATA_DIR: '/v' }, path: '/v/test' },
    { name: 'the settings', settings: 'dataDir: /d\n', env: {}, path: '/d' },
    { name: "the user's data folder", settings: '', env: { XDG_DATA_HOME: '/x' }, path: '/x/seqmirror/test' },
    { name: 'the home folder', settings: '', env: {}, path: '<outer>/home/.local/share/seqmirror/test' },
  ])('finds the data directory from $name', async ({ settings, env, path }) => {
    const info = await infoWith(settings, env);
    expect(info.dataDirectory).toMatchObject({ path: path.replace('<outer>', dirname(root)), isThere: false });
    expect(info.settings.find(({ key }) => key === 'dataDir')).toMatchObject({ value: info.dataDirectory.path });
  });

  it('names the engine that would mirror, or says why none would', async () => {
    expect((await infoWith('')).engine).toMatchObject({ name: 'embedded', found: 'built in' });
    expect((await infoWith('engine: oc-mirror\n')).engine).toMatchObject({ problem: { code: 'SEQ0470' } });
  });

  it('names the files that registries are configured by', async () => {
    const auth = await write('auth.json', '{');
    const { registries } = await infoWith('registries:\n  registriesConf: ../gone.conf\n', {
      REGISTRY_AUTH_FILE: auth,
    });
    expect(registries).toEqual({
      credentials: { namedBy: 'REGISTRY_AUTH_FILE', files: [{ path: auth, isThere: true }] },
      registriesConf: { namedBy: 'settings', files: [{ path: join(root, 'gone.conf'), isThere: false }] },
    });
  });

  it('shows no secret: only the address of proxies, only the name of signing programs', async () => {
    const signing = 'signing:\n  with: gpg\n  sign: [gpg, --passphrase, secret]\n  verify: [gpgv, secret]\n';
    const info = await infoWith(signing, { HTTPS_PROXY: 'http://me:sec@ret@proxy.example:3128', NO_PROXY: '.example' });
    expect(info.environment).toEqual({ HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: '.example' });
    expect(JSON.stringify(info)).not.toMatch(/secret|sec@|ret@/);
  });

  it('refuses invalid settings', async () => {
    await expect(infoWith('retrys: 8\n')).rejects.toMatchObject({ code: 'SEQ0170' });
  });
});
