import { logger, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { ci, type CiOptions } from './generator';

const github = ['.github/workflows/seqmirror-mirror-check.yml', '.github/workflows/seqmirror-mirror.yml'];

describe('ci', () => {
  let tree: Tree;
  const read = (path: string) => tree.read(path, 'utf8') ?? '';
  const written = () =>
    tree
      .listChanges()
      .map(({ path }) => path)
      .filter((path) => /^\.git(?:hub|lab)/.test(path))
      .sort();
  const said = async (options: CiOptions) => {
    const spy = jest.spyOn(logger, 'info').mockReturnValue(undefined);
    await (
      await ci(tree, options)
    )();
    const texts = spy.mock.calls.flat() as string[];
    spy.mockRestore();
    return texts;
  };
  beforeEach(() => {
    process.env['NX_INTERACTIVE'] = 'false';
    tree = createTreeWithEmptyWorkspace();
    tree.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: mirror-1\n');
  });

  it('writes two workflows for GitHub, and says what is left to do', async () => {
    expect(await said({ provider: 'github' })).toEqual([
      'The pipeline of mirror is in .github/workflows/seqmirror-mirror-check.yml and .github/workflows/seqmirror-mirror.yml',
      'Set `ci: allow` in mirror/seqmirror.yaml. Without this setting, seqmirror mirrors no planned sequence in CI',
      'Next: set up the runner seqmirror-mirror and the repository, as docs/ci.md says',
    ]);
    expect(written()).toEqual(github);
    expect(read(github[1] as string)).not.toContain('schedule:');
  });

  it('does not ask for a setting that is there', async () => {
    tree.write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: mirror-1\nci: allow # reviewed\n');
    expect((await said({ provider: 'github' })).join('\n')).not.toContain('ci: allow');
  });

  it('writes a pipeline for GitLab, and includes it if there is no other', async () => {
    await ci(tree, { provider: 'gitlab' });
    expect(written()).toEqual(['.gitlab-ci.yml', '.gitlab/seqmirror-mirror.yml']);
    expect(read('.gitlab-ci.yml')).toBe('include:\n  - local: .gitlab/seqmirror-mirror.yml\n');
  });

  it('leaves .gitlab-ci.yml of other people as it is, and says what to add', async () => {
    tree.write('.gitlab-ci.yml', 'stages: [test]\n');
    expect(await said({ provider: 'gitlab' })).toContain(
      'Add this line to `include` in .gitlab-ci.yml: - local: .gitlab/seqmirror-mirror.yml',
    );
    expect(read('.gitlab-ci.yml')).toBe('stages: [test]\n');
  });

  it('takes over branch, runner, schedule, data directory and the prefix of targets', async () => {
    tree.write(
      'nx.json',
      JSON.stringify({
        defaultBase: 'trunk',
        plugins: [{ plugin: 'seqmirror', options: { targetPrefix: 'chain-' } }],
      }),
    );
    await ci(tree, { provider: 'github', runner: 'big-disk', schedule: '0 3 * * 1', dataDir: '/srv/mirror-data' });
    const text = read(github[1] as string);
    for (const part of [
      "branches: ['trunk']",
      "ref: 'trunk'",
      "runs-on: [self-hosted, 'big-disk']",
      "cron: '0 3 * * 1'",
      "SEQMIRROR_DATA_DIR: '/srv/mirror-data'",
      "MIRROR_TASK: 'mirror:chain-latest'",
      "paths: ['mirror/**']",
    ])
      expect(text).toContain(part);
  });

  it('handles a mirror at the top of the workspace', async () => {
    tree.delete('mirror/seqmirror.yaml');
    tree.write('seqmirror.yaml', 'schema: seqmirror/v1\nid: mirror-1\n');
    await ci(tree, { provider: 'github' });
    expect(read(github[0] as string)).toContain("paths: ['**']");
    expect(read(github[0] as string)).toContain("MIRROR_FOLDER: '.'");
  });

  it.each([
    { lock: 'package-lock.json', install: 'npm ci' },
    { lock: 'pnpm-lock.yaml', install: 'corepack enable && pnpm install --frozen-lockfile' },
    { lock: 'yarn.lock', install: 'corepack enable && yarn install --frozen-lockfile' },
  ])('installs what $lock says', async ({ lock, install }) => {
    tree.write(lock, '');
    await ci(tree, { provider: 'gitlab' });
    expect(read('.gitlab/seqmirror-mirror.yml').match(/^ +- .* (?:ci|install .*)$|^ +- npm ci$/gm)).toEqual([
      `    - ${install}`,
      `    - ${install}`,
    ]);
  });

  it('changes nothing the second time, and replaces what somebody changed only with force', async () => {
    const [check = ''] = github;
    await ci(tree, { provider: 'github' });
    const text = read(check);
    await ci(tree, { provider: 'github' });
    expect(read(check)).toBe(text);
    tree.write(check, 'edited');
    await expect(ci(tree, { provider: 'github', branch: 'trunk' })).rejects.toMatchObject({ code: 'SEQ0192' });
    expect(read(check)).toBe('edited');
    expect(read(github[1] as string)).toContain("branches: ['main']");
    await ci(tree, { provider: 'github', force: true });
    expect(read(check)).toBe(text);
  });

  it.each([
    { name: 'an unknown mirror', options: { mirror: 'b' }, code: 'SEQ0161' },
    { name: 'a runner with an expression', options: { runner: '${{ github.token }}' }, code: 'SEQ0191' },
    { name: 'a branch that ends a string of YAML', options: { branch: "main'\nrun: id" }, code: 'SEQ0191' },
    { name: 'a branch that is an option', options: { branch: '-f' }, code: 'SEQ0191' },
    { name: 'a schedule in words', options: { schedule: 'every day' }, code: 'SEQ0191' },
    { name: 'a relative data directory', options: { dataDir: 'data' }, code: 'SEQ0191' },
    { name: 'a data directory with a command', options: { dataDir: '/srv/$(id)' }, code: 'SEQ0191' },
    { name: 'a schedule for GitLab', options: { provider: 'gitlab', schedule: '0 3 * * 1' }, code: 'SEQ0191' },
  ] as const)('refuses $name, and writes nothing', async ({ options, code }) => {
    await expect(ci(tree, { provider: 'github', ...options })).rejects.toMatchObject({ code });
    expect(written()).toEqual([]);
  });

  it('refuses bun', async () => {
    tree.write('bun.lock', '');
    await expect(ci(tree, { provider: 'github' })).rejects.toMatchObject({ code: 'SEQ0193' });
  });

  it.each(['$(touch owned)', '${{ github.token }}', "it's", '-option', 'a b', 'a/`id`', 'a*'])(
    'refuses the folder %s',
    async (folder) => {
      tree.delete('mirror/seqmirror.yaml');
      tree.write(`${folder}/seqmirror.yaml`, 'schema: seqmirror/v1\nid: mirror-1\n');
      await expect(ci(tree, { provider: 'github', mirror: folder })).rejects.toMatchObject({ code: 'SEQ0190' });
      expect(written()).toEqual([]);
    },
  );
});
