/** Runs what the pipelines of `nx g seqmirror:ci` run, step for step, in clones of a bare repository. */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Lab } from '../../testing/lab/lab';
import { mustRun, run, type Outcome } from '../harness/run';
import { codeFor } from '../../testing/worlds/receipts';
import { preparedWorkspace, startSmallUpstream } from '../harness/small-chain';
import { removeWorkspaces, type Workspace } from '../harness/workspace';

jest.setTimeout(10 * 60_000);

type Values = Readonly<Record<string, string>>;

interface Job {
  readonly env?: Values;
  readonly steps: readonly {
    readonly run?: string;
    readonly env?: Values;
    readonly if?: string;
    readonly id?: string;
  }[];
}

interface GitLabJob {
  readonly extends?: string;
  readonly variables?: Values;
  readonly script?: readonly string[];
  readonly before_script?: readonly string[];
}

/** A job in a new clone, as a runner has it. */
interface JobRun extends Outcome {
  readonly clone: Workspace;
  /** What the job wrote into GITHUB_OUTPUT. */
  readonly outputs: string;
}

const install = 'npm ci';
/** What a person types who tries to run a command. */
const hostile = '$(touch owned)`touch owned`";touch owned;\'';

describe('the pipelines of nx g seqmirror:ci', () => {
  let upstream: Lab;
  let workspace: Workspace;
  let origin: string;
  let dataFolder: string;

  beforeAll(async () => {
    upstream = await startSmallUpstream();
    workspace = await preparedWorkspace(upstream, 'planned');
    const settings = await workspace.read('mirror/seqmirror.yaml');
    await workspace.write('mirror/seqmirror.yaml', settings.replace('# ci: refuse', 'ci: allow'));
    await workspace.nxWorks('g', 'seqmirror:ci', '--provider=github', '--no-interactive');
    await workspace.nxWorks('g', 'seqmirror:ci', '--provider=gitlab', '--no-interactive');
    await workspace.nxWorks('g', 'seqmirror:site', 'bravo', '--media=bd25', '--no-interactive');
    await workspace.git('add', '--all');
    await workspace.git('commit', '--quiet', '--message=Plan');
    const { root, env } = workspace;
    dataFolder = join(root, '../runner-data');
    origin = join(root, '../origin.git');
    await mustRun('git', ['clone', '--quiet', '--bare', root, origin], { cwd: root, env });
    await git('config', 'receive.advertisePushOptions', 'true');
  });
  afterAll(async () => {
    await upstream?.stop();
    await removeWorkspaces();
  });

  const git = async (...args: readonly string[]) =>
    (await mustRun('git', args, { cwd: origin, env: workspace.env })).stdout.trim();

  /** Refuses pushes to the default branch, and writes down the push options. */
  async function protectMain(isProtected: boolean) {
    const hook = join(origin, 'hooks/pre-receive');
    const refusal = isProtected ? '  [ "$ref" != refs/heads/main ] || exit 1\n' : '';
    await writeFile(
      hook,
      `#!/bin/sh\nwhile read -r old new ref; do\n${refusal}  echo "$ref $GIT_PUSH_OPTION_0 $GIT_PUSH_OPTION_1" >> ../pushed\ndone\n`,
    );
    await chmod(hook, 0o755);
  }

  async function refuseAll() {
    await writeFile(join(origin, 'hooks/pre-receive'), '#!/bin/sh\nexit 1\n');
    await chmod(join(origin, 'hooks/pre-receive'), 0o755);
  }

  async function newClone() {
    const clone = await workspace.clone();
    await clone.git('remote', 'set-url', 'origin', origin);
    await clone.git('fetch', '--quiet', 'origin', 'main');
    await clone.git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
    const temporary = await mkdtemp(join(dirname(clone.root), 'runner-'));
    return { clone, temporary };
  }

  /** Runs the scripts of a job of GitHub Actions; `inputs` are what a person types, `meanwhile` follows the checkout. */
  async function github(
    file: string,
    name: string,
    inputs: Values = {},
    meanwhile: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<JobRun> {
    const { clone, temporary } = await newClone();
    await meanwhile();
    const { env = {}, jobs } = parse(await clone.read(file)) as { env?: Values; jobs: Record<string, Job> };
    const job = jobs[name] as Job;
    const contexts: Values = {
      ...Object.fromEntries(['site', 'media', 'code', 'receipt'].map((key) => [`inputs.${key}`, inputs[key] ?? ''])),
      ...{ 'github.token': 'token', 'github.run_id': '17', 'secrets.SEQMIRROR_PULL_SECRET': '' },
    };
    const evaluated = (values: Values = {}) =>
      Object.entries(values).map(([key, value]) => {
        const text = String(value).replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
          if (contexts[expression] === undefined) throw new Error(`${expression} has no value`);
          return contexts[expression];
        });
        return [key, text] as const;
      });
    const files = { GITHUB_OUTPUT: join(temporary, 'output'), GITHUB_ENV: join(temporary, 'env') };
    for (const path of Object.values(files)) await writeFile(path, '');
    const outcome = { code: 0, stdout: '', stderr: '', output: '' };
    const begun = new Set<string | undefined>();
    for (const step of job.steps.filter(({ run: script }) => script !== undefined && script !== install)) {
      if (outcome.code !== 0 && !(step.if === "always() && steps.mirror.outcome != 'skipped'" && begun.has('mirror')))
        continue;
      begun.add(step.id);
      const itsEnv = Object.fromEntries([env, job.env, step.env].flatMap(evaluated));
      const args = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run as string];
      const { code, stdout, stderr, output } = await run('bash', args, {
        cwd: clone.root,
        env: { ...clone.env, CI: 'true', SEQMIRROR_DATA_DIR: dataFolder, RUNNER_TEMP: temporary, ...files, ...itsEnv },
      });
      outcome.code ||= code;
      outcome.stdout += stdout;
      outcome.stderr += stderr;
      outcome.output += output;
    }
    return { ...outcome, clone, outputs: await readFile(files.GITHUB_OUTPUT, 'utf8') };
  }

  /** Runs the scripts of a job of GitLab in one shell, as a runner does; `typed` are variables of the pipeline. */
  async function gitlab(name: string, typed: Values = {}): Promise<JobRun> {
    const { clone } = await newClone();
    const jobs = parse(await clone.read('.gitlab/seqmirror-mirror.yml')) as Record<string, GitLabJob>;
    const withParents = (job: GitLabJob | undefined): GitLabJob[] =>
      job === undefined ? [] : [...withParents(jobs[job.extends ?? '']), job];
    const parts = withParents(jobs[`seqmirror mirror: ${name}`]);
    const given: Values = { CI_DEFAULT_BRANCH: 'main', CI_JOB_ID: '17', GITLAB_USER_NAME: 'Some Body' };
    const all: Values = { GITLAB_USER_EMAIL: 'somebody@example.com', ...given };
    const declared = Object.assign({}, ...parts.map(({ variables = {} }) => variables)) as Values;
    const expanded = Object.entries(declared).map(([key, value]) => [
      key,
      value.replace(/\$(\w+)/g, (_, variable: string) => all[variable] as string),
    ]);
    const last = <Key extends 'script' | 'before_script'>(key: Key) =>
      parts.map((part) => part[key]).findLast((lines) => lines !== undefined) ?? [];
    const lines = [...last('before_script'), ...last('script')].filter((line) => line !== install);
    const outcome = await run('sh', ['-ec', lines.join('\n')], {
      cwd: clone.root,
      env: {
        ...{ ...clone.env, CI: 'true', SEQMIRROR_DATA_DIR: dataFolder, ...all },
        ...{ ...(Object.fromEntries(expanded) as Values), ...typed },
      },
    });
    return { ...outcome, clone, outputs: '' };
  }

  const check = '.github/workflows/seqmirror-mirror-check.yml';
  const main = '.github/workflows/seqmirror-mirror.yml';

  it('check and plan a chain without a seal', async () => {
    expect(await github(check, 'validate')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No sequence of this mirror is sealed yet'),
    });
    const { code, output, clone } = await github(check, 'plan');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await clone.read('seqmirror-output/comment.md')).toMatch(/^#+ .*seq1-baseline/);
    expect(existsSync(dataFolder)).toBe(false);
  });

  it('fail if the records can be pushed nowhere', async () => {
    await refuseAll();
    const lost = await github(main, 'mirror');
    expect(lost.code).not.toBe(0);
    expect(lost.outputs).toBe('');
    expect(await git('branch', '--list')).toBe('* main');
  });

  it('mirror again what was lost, push the records to a branch if main is protected, and wait for its merge', async () => {
    await protectMain(true);
    const first = await github(main, 'mirror');
    expect({ code: first.code, output: first.output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('The records are in the branch seqmirror/mirror-records'),
    });
    expect(first.outputs).toBe('branch=seqmirror/mirror-records\n');
    expect(await git('show', 'seqmirror/mirror-records:mirror/content/chain.lock')).toContain('3 seq3-add-web sha256:');
    expect(await git('log', '-1', '--format=%an: %s', 'seqmirror/mirror-records')).toBe(
      'github-actions[bot]: Mirror mirror',
    );
    expect(await git('ls-tree', '-r', '--name-only', 'seqmirror/mirror-records')).not.toMatch(/\.tar$/m);

    for (const again of [await github(main, 'mirror'), await gitlab('mirror')]) {
      expect({ code: again.code, output: again.output }).toMatchObject({
        code: 1,
        output: expect.stringContaining('contains the records of an earlier run'),
      });
      expect(again.output).not.toContain('Downloading');
    }

    await git('update-ref', 'refs/heads/main', 'refs/heads/seqmirror/mirror-records');
    await git('branch', '-D', 'seqmirror/mirror-records');
  });

  it('have nothing to do when everything is sealed', async () => {
    const { code, output } = await gitlab('mirror');
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('There are no new records.'),
    });
  });

  it('check the sealed chain, and comment what the last sequence changed', async () => {
    expect((await github(check, 'validate')).code).toBe(0);
    const { clone } = await github(check, 'plan');
    expect(await clone.read('seqmirror-output/comment.md')).toMatch(/^#+ [^]*\n\n#+ .*seq3-add-web/);
  });

  it('find records that a pull request damaged', async () => {
    const file = 'mirror/content/seq2-add-tool/seq-metadata.yaml';
    const before = await git('rev-parse', 'main');
    const { clone } = await newClone();
    await clone.write(file, (await clone.read(file)).replace(/sha256:[0-9a-f]{8}/, 'sha256:00000000'));
    await clone.git('commit', '--all', '--quiet', '--message=Damage');
    await git('fetch', '--quiet', clone.root, '+HEAD:refs/heads/main');
    const { code, output } = await github(check, 'validate');
    await git('update-ref', 'refs/heads/main', before);
    expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('seq2-add-tool') });
  });

  it('write a bundle, and push its transfer beside commits of others', async () => {
    await protectMain(false);
    const { code, output, clone } = await github(main, 'bundle', { site: 'bravo' }, async () => {
      const { clone: other } = await newClone();
      await other.write('of-others.txt', 'text');
      await other.git('add', '--all');
      await other.git('commit', '--quiet', '--message=Of others');
      await other.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main');
    });
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('The records are in main, after the commits of others.'),
    });
    expect(await git('ls-tree', '--name-only', 'main')).toContain('of-others.txt');
    const { stdout } = await clone.git('ls-files', '--others', 'seqmirror-output');
    expect(stdout).toMatch(/\.tar$/m);
    expect(await git('ls-tree', '-r', '--name-only', 'main')).toContain('mirror/sites/bravo/transfers/T0001.yaml');
  });

  it('never let a shell read what a person types', async () => {
    const typed = { site: hostile, media: hostile, code: hostile, receipt: hostile };
    const variables = { SITE: hostile, MEDIA: hostile, CODE: hostile, RECEIPT: hostile };
    const outcomes = [await github(main, 'bundle', typed), await gitlab('acknowledge', variables)];
    for (const { code, output, clone } of outcomes) {
      expect({ code, output }).toMatchObject({ output: expect.stringMatching(/SEQ\d{4}/) });
      expect(code).not.toBe(0);
      expect(existsSync(join(clone.root, 'owned'))).toBe(false);
    }
    const option = await github(main, 'acknowledge', { site: '--lost=T0001' });
    expect(option).toMatchObject({ code: 1, output: expect.stringContaining('Enter the code name of a site.') });
  });

  it('push an acknowledged receipt to a branch for review', async () => {
    const { clone } = await newClone();
    const location = { workspaceRoot: clone.root, mirrorRoot: 'mirror', name: 'mirror', env: clone.env };
    const code = await codeFor(location, { site: 'bravo', sequence: 3 });
    await protectMain(true);
    const byHub = await github(main, 'acknowledge', { site: 'bravo', code });
    expect({ code: byHub.code, output: byHub.output }).toMatchObject({ code: 0 });
    expect(byHub.outputs).toBe('branch=seqmirror/mirror-receipt-17\n');
    expect(await git('show', 'seqmirror/mirror-receipt-17:mirror/sites/bravo/ledger.yaml')).toContain('sequence: 3');
    await git('branch', '-D', 'seqmirror/mirror-receipt-17');

    const byLab = await gitlab('acknowledge', { SITE: 'bravo', CODE: code });
    expect({ code: byLab.code, output: byLab.output }).toMatchObject({ code: 0 });
    const pushed = await readFile(join(origin, '../pushed'), 'utf8');
    expect(pushed).toContain('refs/heads/seqmirror/mirror-receipt-17 merge_request.create merge_request.target=main\n');
  });
});
