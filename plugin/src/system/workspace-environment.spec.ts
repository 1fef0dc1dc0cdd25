import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decisive, environmentOutside, permissions } from './workspace-environment';

const source = join(__dirname, '..');

describe('variables that a .env file of the workspace names', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'environment-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const asked = (env: NodeJS.ProcessEnv, names?: string[]) =>
    environmentOutside(env, { folders: [folder, join(folder, 'mirror')], names });

  async function write(file: string, text: string): Promise<void> {
    await mkdir(join(folder, 'mirror'), { recursive: true });
    await writeFile(join(folder, file), text);
  }

  it.each(permissions)('give no permission, in CI or not: %s', async (name) => {
    await write('.env', `${name}=1\n`);
    await expect(asked({})).rejects.toMatchObject({ code: 'SEQ0710' });
    await expect(asked({ CI: 'true', [name]: '1' })).rejects.toMatchObject({ code: 'SEQ0710' });
  });

  it.each([
    '.env.local',
    '.local.env',
    '.env.mirror',
    '.mirror.env',
    '.env.mirror.ci.local',
    '.ENV',
    'mirror/.env',
    'mirror/.env.validate.local',
    'mirror/.validate.local.env',
  ])('are found in %s', async (file) => {
    await write(file, 'SEQMIRROR_ALLOW_COMMANDS=1\n');
    await expect(asked({ CI: 'true' })).rejects.toMatchObject({
      code: 'SEQ0710',
      what: `${file} sets SEQMIRROR_ALLOW_COMMANDS, which files of the workspace must not set`,
    });
  });

  it.each([
    ['spaces', '  SEQMIRROR_ALLOW_COMMANDS = 1'],
    ['export', 'export   SEQMIRROR_ALLOW_COMMANDS=1'],
    ['a colon', 'SEQMIRROR_ALLOW_COMMANDS: 1'],
    ['small letters', 'seqmirror_allow_commands=1'],
    ['the = on another line', `A=1\nSEQMIRROR_ALLOW_COMMANDS${'\n'.repeat(40)}=1`],
    ['export on another line', 'export\nSEQMIRROR_ALLOW_COMMANDS=1'],
    ['a byte order mark', '\uFEFFSEQMIRROR_ALLOW_COMMANDS=1'],
    ['the line ends of an old Mac', 'A=1\rSEQMIRROR_ALLOW_COMMANDS=1'],
    ['U+2028 for a line end', 'A=1 #\u2028SEQMIRROR_ALLOW_COMMANDS=1'],
  ])('are found with %s', async (_what, text) => {
    await write('.env', text);
    await expect(asked({ CI: 'true' })).rejects.toMatchObject({ code: 'SEQ0710' });
  });

  it.each([
    'PATH',
    'HOME',
    'SEQMIRROR_DATA_DIR',
    'OCP_SIGNATURE_URL',
    'UPDATE_URL_OVERRIDE',
    'https_proxy',
    'SSL_CERT_FILE',
    'NODE_TLS_REJECT_UNAUTHORIZED',
    'REGISTRY_AUTH_FILE',
    'LD_PRELOAD',
  ])('decide nothing in CI: %s', async (name) => {
    await write('.env', `${name}=planted\n`);
    await expect(asked({ CI: 'true' })).rejects.toMatchObject({ code: 'SEQ0710' });
    expect(await asked({ [name]: 'planted' })).toEqual({ [name]: 'planted' });
  });

  it('do not say that this is no CI: Nx unsets CI where a root file says the same', async () => {
    await write('.env', 'CI=true\n');
    await write('mirror/.env', 'CI=false\n');
    await expect(asked({ CI: 'false' })).rejects.toMatchObject({ code: 'SEQ0710' });
    await expect(asked({})).rejects.toMatchObject({ code: 'SEQ0710' });
  });

  it('are left out in CI where they decide nothing', async () => {
    await write('.env', '# HTTPS_PROXY=http://proxy\nNX_USE_LOCAL=true\nDATABASE=x\n');
    const env = { CI: '1', NX_USE_LOCAL: 'true', DATABASE: 'x', PATH: '/bin' };
    expect(await asked(env)).toEqual({ CI: '1', NX_USE_LOCAL: 'true', PATH: '/bin' });
    expect(await asked({ ...env, CI: '' })).toMatchObject({ DATABASE: 'x' });
  });

  it('stand in no other file by the name of a target', async () => {
    await write('planted', 'SEQMIRROR_ALLOW_COMMANDS=1\n');
    await expect(asked({ CI: 'true' }, ['x/../../planted'])).rejects.toMatchObject({ code: 'SEQ0710' });
    expect(await asked({ CI: 'true' }, ['mirror', 'ci'])).toEqual({ CI: 'true' });
  });

  it('are all that seqmirror reads, but for these', async () => {
    const read = new Set<string>();
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/(?<!\.spec|\.fixture)\.ts$/.test(entry.name)) continue;
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
      for (const [, name = ''] of text.matchAll(/\benv\[?\.?['"]?([A-Z][A-Z_]+)\b/g)) read.add(name);
    }
    const known = new RegExp(`^(?:${[...permissions, ...decisive].join('|')})`);
    // COLUMNS only says how wide output is.
    expect([...read].filter((name) => !known.test(name)).sort()).toEqual([
      'COLUMNS',
      'NX_FORKED_TASK_EXECUTOR',
      'NX_INTERACTIVE',
      'NX_VERBOSE_LOGGING',
      'REQUEST_METHOD',
    ]);
  });

  it('reach no command past this rule', async () => {
    const users: string[] = [];
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/(?<!\.spec|\.fixture)\.ts$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const uses = (await readFile(path, 'utf8')).split('\n').filter((line) => /process\.env\b(?!\[)/.test(line));
      for (const line of uses) if (!line.includes('environmentOutside(')) users.push(path.slice(source.length + 1));
    }
    // The uploader of the far side is started by no Nx; a question is put to whoever sits there; the width of output
    // decides nothing; the first is a comment.
    expect(users.sort()).toEqual([
      'registry/connection.ts',
      'system/ask.ts',
      'system/fit-lines.ts',
      'uploader/main.ts',
    ]);
  });
});
