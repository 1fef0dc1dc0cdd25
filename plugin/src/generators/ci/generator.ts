import { mirrorNameIn } from '../../mirror/mirror-name';
import { ciOptionUnusable, mirrorUnusableInCi, packageManagerUnusable, pipelineChanged } from '../errors';
import { existingMirrors } from '../existing-mirrors';
import { explained, forPeople } from '../explained';
import { logger, readNxJson, type GeneratorCallback, type NxJsonConfiguration, type Tree } from '../nx-devkit';
import { chooseMirror } from '../sequence/choose-mirror';
import { githubFiles } from './github';
import { gitlabFiles, includeLine, includingFile } from './gitlab';
import type { Pipeline } from './pipeline';

export interface CiOptions {
  readonly provider: 'github' | 'gitlab';
  readonly mirror?: string | undefined;
  readonly runner?: string | undefined;
  readonly branch?: string | undefined;
  readonly schedule?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly force?: boolean | undefined;
  /** The current folder, relative to the top of the workspace; Nx fills it in. */
  readonly cwd?: string | undefined;
}

/**
 * Writes the pipeline of one mirror. A file that is there already stays as it is, unless it is the same or `force` is set.
 *
 * @throws SEQ0160, SEQ0161 when the mirror is not clear, SEQ0190 for a name or folder that no pipeline can contain,
 *   SEQ0191 for an option, SEQ0192 for a file that somebody has changed, SEQ0193 for a package manager. Nothing is
 *   written then
 */
export async function ci(tree: Tree, options: CiOptions): Promise<GeneratorCallback> {
  const { provider, mirror: asked, force = false, cwd } = options;
  const { root, name } = await chooseMirror(await existingMirrors(tree), { asked, cwd });
  const pipeline = pipelineOf(tree, options, { root, name });
  const files = provider === 'github' ? githubFiles(pipeline) : gitlabFiles(pipeline);
  const lines = provider === 'gitlab' ? included(tree, pipeline) : [];
  const changed = files.find(({ path, text }) => tree.exists(path) && tree.read(path, 'utf8') !== text);
  if (changed !== undefined && !force) throw pipelineChanged(changed.path);
  for (const { path, text } of files) tree.write(path, text);
  const settings = root === '.' ? 'seqmirror.yaml' : `${root}/seqmirror.yaml`;
  if (!/^ci\s*:\s*allow\s*(?:#.*)?$/m.test(tree.read(settings, 'utf8') ?? '')) {
    lines.push(`Set \`ci: allow\` in ${settings}. Without this setting, seqmirror mirrors no planned sequence in CI`);
  }
  return () => {
    logger.info(forPeople(`The pipeline of ${name} is in ${files.map(({ path }) => path).join(' and ')}`));
    for (const line of lines) logger.info(forPeople(line));
    logger.info(forPeople(`Next: set up the runner ${pipeline.runner} and the repository, as docs/ci.md says`));
  };
}

function pipelineOf(tree: Tree, options: CiOptions, { root, name }: { root: string; name: string }): Pipeline {
  // Pipelines read `$`, `{`, `*` and quotes as their own, some of them even in quotes.
  if (mirrorNameIn(`name: ${name}`) !== name) throw mirrorUnusableInCi({ part: 'name', given: name });
  if (!/^(?!-)[\w.-]+(?:\/[\w.-]+)*$/.test(root)) throw mirrorUnusableInCi({ part: 'folder', given: root });
  const nxJson = readNxJson(tree);
  const { runner = `seqmirror-${name}`, branch = nxJson?.defaultBase ?? 'main', schedule, dataDir, provider } = options;
  const rules: readonly [string, string | undefined, RegExp, string][] = [
    ['runner', runner, /^\w[\w.-]*$/, 'one label of letters, digits, `.`, `_` and `-`'],
    ['branch', branch, /^\w[\w-]*(?:[./]\w[\w-]*)*$/, 'the name of a branch, such as main'],
    ['schedule', schedule, /^[\d*,/-]+(?: [\d*,/-]+){4}$/, 'a cron expression of five numbers or `*`: `0 3 * * 1`'],
    ['dataDir', dataDir, /^(?:\/[\w.-]+)+$/, 'an absolute path of letters, digits, `.`, `_`, `-` and `/`'],
  ];
  for (const [option, given, pattern, rule] of rules) {
    if (given !== undefined && !pattern.test(given)) throw ciOptionUnusable({ option, given, rule });
  }
  if (schedule !== undefined && provider === 'gitlab') {
    const rule = 'left out for GitLab, which keeps schedules in the settings of the project';
    throw ciOptionUnusable({ option: 'schedule', given: schedule, rule });
  }
  const task = `${name}:${targetPrefix(nxJson)}latest`;
  return { mirror: name, folder: root, task, branch, runner, schedule, dataDir, install: installation(tree) };
}

/** With another prefix, the plugin itself fails: SEQ0167. */
function targetPrefix(nxJson: NxJsonConfiguration | null): string {
  const entry = nxJson?.plugins?.find((each) => typeof each !== 'string' && each.plugin === 'seqmirror');
  const { targetPrefix: prefix } = Object(typeof entry === 'object' ? entry.options : {}) as { targetPrefix?: unknown };
  return typeof prefix === 'string' && /^[\w.-]*$/.test(prefix) ? prefix : '';
}

/** By the lock file: a pipeline must install what the lock file says. */
function installation(tree: Tree): string {
  if (tree.exists('bun.lock') || tree.exists('bun.lockb')) throw packageManagerUnusable('bun');
  if (tree.exists('pnpm-lock.yaml')) return 'corepack enable && pnpm install --frozen-lockfile';
  if (tree.exists('yarn.lock')) {
    const option = tree.exists('.yarnrc.yml') ? '--immutable' : '--frozen-lockfile';
    return `corepack enable && yarn install ${option}`;
  }
  return 'npm ci';
}

/**
 * Lets .gitlab-ci.yml include the pipeline, if there is no such file yet.
 *
 * @returns what a person has to do
 */
function included(tree: Tree, pipeline: Pipeline): string[] {
  const file = '.gitlab-ci.yml';
  if (!tree.exists(file)) {
    tree.write(file, includingFile(pipeline));
    return [];
  }
  const line = includeLine(pipeline).trim();
  return tree.read(file, 'utf8')?.includes(line) === true ? [] : [`Add this line to \`include\` in ${file}: ${line}`];
}

export default explained(ci);
