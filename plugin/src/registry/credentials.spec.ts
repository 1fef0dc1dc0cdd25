import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCredentials } from './credentials';
import { createLab } from './scripted-registry.fixture';

const { signal } = new AbortController();
let lab: ReturnType<typeof createLab>;
beforeEach(() => {
  lab = createLab();
});
afterEach(() => lab.close());

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const find = (content: unknown, host: string, repository: string, env: NodeJS.ProcessEnv = {}) =>
  findCredentials(
    { host, repository },
    { authFile: lab.file('auth.json', JSON.stringify(content)), env: { ...lab.env, ...env }, signal },
  );

describe('findCredentials in an auth file', () => {
  const auths = {
    'quay.io': { auth: base64('host:1') },
    'quay.io/org': { auth: base64('org:2') },
    'quay.io/org/app': { auth: base64('app:3:with colon') },
    'https://old.example/v1/': { username: 'old', password: 'p' },
    'https://index.docker.io/v1/': { auth: base64('hub:p') },
    'token.example': { auth: base64('<token>:'), identitytoken: 'refresh' },
    'empty.example': {},
  };

  it.each([
    ['quay.io', 'other/app', { username: 'host', password: '1' }],
    ['quay.io', 'org/other', { username: 'org', password: '2' }],
    ['quay.io', 'organisation/app', { username: 'host', password: '1' }],
    ['quay.io', 'org/app', { username: 'app', password: '3:with colon' }],
    ['old.example', 'a', { username: 'old', password: 'p' }],
    ['docker.io', 'library/busybox', { username: 'hub', password: 'p' }],
    ['token.example', 'a', { username: '<token>', identityToken: 'refresh' }],
    ['empty.example', 'a', undefined],
    ['constructor', 'a', undefined],
  ])('for %s/%s', async (host, repository, credentials) => {
    expect((await find({ auths }, host, repository)).credentials).toEqual(credentials);
  });

  it('says where they came from', async () => {
    expect((await find({ auths }, 'quay.io', 'org/other')).origin).toBe(
      `${join(lab.folder, 'auth.json')}, entry "quay.io/org"`,
    );
  });

  it.each([
    ['[]', /not a JSON object/],
    ['{', /not a JSON object/],
    ['{"auths": {"quay.io": {"auth": 7}}}', /"auths.quay.io.auth" has the wrong type/],
    [`{"auths": {"quay.io": {"auth": "${base64('secret')}"}}}`, /entry "quay.io" is not user:password in base64/],
  ])('refuses %s without showing what is in it', async (text, words) => {
    const authFile = lab.file('auth.json', text);
    const search = findCredentials({ host: 'quay.io', repository: 'a' }, { authFile, env: lab.env, signal });
    await expect(search).rejects.toMatchObject({ code: 'SEQ0512', what: expect.stringMatching(words) });
  });
});

describe('findCredentials on a machine', () => {
  const write = (path: string, user: string, host = 'quay.io') => {
    mkdirSync(join(lab.folder, path, '..'), { recursive: true });
    writeFileSync(join(lab.folder, path), JSON.stringify({ auths: { [host]: { auth: base64(`${user}:p`) } } }));
  };
  const user = async (env: NodeJS.ProcessEnv = {}) =>
    (
      await findCredentials(
        { host: 'quay.io', repository: 'a' },
        { env: { HOME: lab.folder, XDG_RUNTIME_DIR: join(lab.folder, 'run'), ...env }, signal },
      )
    ).credentials?.username;

  it('uses the first place that knows the registry', async () => {
    write('docker/config.json', 'from DOCKER_CONFIG');
    expect(await user({ DOCKER_CONFIG: join(lab.folder, 'docker') })).toBe('from DOCKER_CONFIG');
    write('.docker/config.json', 'docker');
    expect(await user()).toBe('docker');
    write('.config/containers/auth.json', 'podman, kept');
    expect(await user()).toBe('podman, kept');
    write('run/containers/auth.json', 'podman, of this session', 'other.example');
    expect(await user()).toBe('podman, kept');
    write('run/containers/auth.json', 'podman, of this session');
    expect(await user()).toBe('podman, of this session');
  });

  it('reads nothing else if REGISTRY_AUTH_FILE is set', async () => {
    write('run/containers/auth.json', 'podman');
    write('own.json', 'own', 'other.example');
    expect(await user({ REGISTRY_AUTH_FILE: join(lab.folder, 'own.json') })).toBeUndefined();
  });

  it('names the places where it found nothing', async () => {
    const env = { HOME: lab.folder, XDG_RUNTIME_DIR: lab.folder };
    const { origin } = await findCredentials({ host: 'quay.io', repository: 'a' }, { env, signal });
    expect(origin.replaceAll(lab.folder, '~')).toBe(
      'none of the files ~/containers/auth.json, ~/.config/containers/auth.json, ~/.docker/config.json exists',
    );
  });
});

describe('findCredentials with a helper', () => {
  const helper = (name: string, script: string): NodeJS.ProcessEnv => {
    const path = lab.file(`docker-credential-${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { PATH: `${lab.folder}:/usr/bin:/bin` };
  };

  it('asks it for the host', async () => {
    const env = helper('safe', `read -r server; echo "{\\"Username\\":\\"$1 $server\\",\\"Secret\\":\\"s\\"}"`);
    expect((await find({ credHelpers: { 'quay.io': 'safe' } }, 'quay.io', 'a', env)).credentials).toEqual({
      username: 'get quay.io',
      password: 's',
    });
    expect((await find({ credsStore: 'safe' }, 'docker.io', 'a', env)).credentials?.username).toBe(
      'get https://index.docker.io/v1/',
    );
  });

  it('takes <token> for an identity token', async () => {
    const env = helper('safe', `echo '{"Username":"<token>","Secret":"refresh"}'`);
    expect((await find({ credsStore: 'safe' }, 'quay.io', 'a', env)).credentials).toEqual({ identityToken: 'refresh' });
  });

  it('continues without credentials if the helper has none', async () => {
    const env = helper('safe', `echo 'credentials not found in native keychain'; exit 1`);
    expect((await find({ credHelpers: { 'quay.io': 'safe' } }, 'quay.io', 'a', env)).credentials).toBeUndefined();
  });

  it('continues without a store for all hosts that is not installed', async () => {
    const { credentials, origin } = await find({ credsStore: 'desktop' }, 'quay.io', 'a', { PATH: lab.folder });
    expect(credentials).toBeUndefined();
    expect(origin).toContain('docker-credential-desktop cannot be started (ENOENT)');
  });

  it.each([
    ['fails', 'safe', 'echo secret; exit 3', /it ended with exit code 3$/],
    ['answers something else', 'safe', 'echo secret', /no Username or no Secret$/],
    ['is a path', '../../bin/sh', '', /its name may contain only/],
  ])('says so if the helper of this host %s, without showing its output', async (_, name, script, words) => {
    const env = helper('safe', script);
    await expect(find({ credHelpers: { 'quay.io': name } }, 'quay.io', 'a', env)).rejects.toMatchObject({
      code: 'SEQ0513',
      what: expect.stringMatching(words),
    });
  });
});
