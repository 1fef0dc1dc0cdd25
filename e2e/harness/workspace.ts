import { access, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runFolder } from '../../testing/run/run-folder';
import { installation, linkFolder, usualNx, type Installation } from './installed-nx';
import { mustRun, plainEnvironment, run, type Outcome } from './run';

/** A monorepo of somebody: a Git repository with Nx in it. */
export interface Workspace {
  readonly root: string;
  /** Where mirrors keep their archives: outside the workspace, as with people. */
  readonly dataFolder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs the workspace's own Nx. */
  nx(...args: readonly string[]): Promise<Outcome>;
  /** The same where anything but success fails the spec. */
  nxWorks(...args: readonly string[]): Promise<Outcome>;
  /** Runs the program of the package, which does what a task does without Nx around it: `bundle`, `seq2`, options. */
  seqmirror(...args: readonly string[]): Promise<Outcome>;
  /** The same where anything but success fails the spec. */
  seqmirrorWorks(...args: readonly string[]): Promise<Outcome>;
  git(...args: readonly string[]): Promise<Outcome>;
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  remove(file: string): Promise<void>;
  /** What `nx graph --file` says depends on what: `mirror-seq2 → mirror-seq1`. */
  edges(): Promise<string[]>;
  projects(): Promise<string[]>;
  /** What somebody else has who clones it on another machine: what is committed, Nx installed, no archives, no cache. */
  clone(gitOptions?: readonly string[]): Promise<Workspace>;
}

export interface WorkspaceOptions extends Partial<Installation> {
  readonly env?: Readonly<Record<string, string>>;
  readonly nxJson?: Readonly<Record<string, unknown>>;
  /** What `keepWorkspace` kept; without, the repository has nothing but Nx in it. */
  readonly from?: string | undefined;
}

/** Plugins in processes of their own, as Nx has them where nothing else is set. */
export const asNxDoes = { NX_ISOLATE_PLUGINS: 'true' } as const;

const created: string[] = [];

/** A fresh workspace; `removeWorkspaces` in the spec's `afterAll` takes it away. */
export async function createWorkspace(options: WorkspaceOptions = {}): Promise<Workspace> {
  const { nx = usualNx, plugin = true, nxJson = {}, from } = options;
  const installed = await installation({ nx, plugin });
  const folder = await newFolder();
  const root = join(folder, 'monorepo');
  const dataFolder = join(folder, 'data');
  const env = { ...plainEnvironment(), ...isolation(folder), SEQMIRROR_DATA_DIR: dataFolder, ...options.env };
  const workspace = workspaceAt(root, { dataFolder, env });
  if (from !== undefined) await mustRun('cp', ['--archive', `${from}/.`, folder], { cwd: folder, env });
  await linkFolder(join(installed, 'node_modules'), join(root, 'node_modules'));
  if (from !== undefined) return workspace;
  for (const file of ['package.json', 'package-lock.json']) await copyFile(join(installed, file), join(root, file));

  const settings = { analytics: false, neverConnectToCloud: true, defaultBase: 'main', ...nxJson };
  await workspace.write('nx.json', `${JSON.stringify(settings, null, 2)}\n`);
  await workspace.write('.gitignore', 'node_modules/\n.nx/\n');
  await workspace.git('init', '--quiet', '--initial-branch=main');
  await workspace.git('add', '--all');
  await workspace.git('commit', '--quiet', '--message=Begin');
  return workspace;
}

/** Ends a workspace and keeps what is in it and its archives, hard links included, in a folder to be copied from. */
export async function keepWorkspace({ root, dataFolder, env }: Workspace, folder: string): Promise<void> {
  for (const name of ['node_modules', '.nx']) await rm(join(root, name), { recursive: true, force: true });
  const hasArchives = await access(dataFolder).then(
    () => true,
    () => false,
  );
  // Together, so that hard links between the two stay what they are.
  const parts = hasArchives ? [root, dataFolder] : [root];
  await mustRun('cp', ['--archive', ...parts, folder], { cwd: folder, env });
  await rm(dirname(root), { recursive: true });
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(runFolder(), 'workspace-'));
  created.push(folder);
  return folder;
}

export async function removeWorkspaces(): Promise<void> {
  for (const folder of created.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** Nx shares its cache between checkouts of one repository, starts a daemon and looks for news; none of it here. */
function isolation(folder: string): Record<string, string> {
  return {
    NX_CACHE_DIRECTORY: join(folder, 'nx-cache'),
    NX_DAEMON: 'false',
    COLUMNS: '1000',
    // A process for each plugin takes as long as the rest of a command. Specs that are about Nx itself set it to true.
    NX_ISOLATE_PLUGINS: 'false',
    NX_TUI: 'false',
    NX_USE_LOCAL: 'true',
    NX_NO_CLOUD: 'true',
    // Nx would set it for the tasks it starts.
    FORCE_COLOR: '0',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'Somebody'],
        [`GIT_${who}_EMAIL`, 'somebody@example.com'],
      ]),
    ),
  };
}

function workspaceAt(root: string, { dataFolder, env }: Pick<Workspace, 'dataFolder' | 'env'>): Workspace {
  const options = { cwd: root, env };
  const nxProgram = join(root, 'node_modules/.bin/nx');
  const program = join(root, 'node_modules/.bin/seqmirror');
  const nx = (...args: readonly string[]) => run(nxProgram, args, options);
  const nxWorks = (...args: readonly string[]) => mustRun(nxProgram, args, options);
  return {
    root,
    dataFolder,
    env,
    nx,
    nxWorks,
    seqmirror: (...args) => run(program, args, options),
    seqmirrorWorks: (...args) => mustRun(program, args, options),
    git: (...args) => mustRun('git', args, options),
    async write(file, text) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    },
    read: (file) => readFile(join(root, file), 'utf8'),
    remove: (file) => rm(join(root, file), { recursive: true }),
    async edges() {
      await nxWorks('graph', '--file=../graph.json');
      const { graph } = JSON.parse(await readFile(join(root, '../graph.json'), 'utf8')) as NxGraph;
      return Object.values(graph.dependencies)
        .flatMap((edges) => edges.map(({ source, target }) => `${source} → ${target}`))
        .filter((edge) => !edge.includes('npm:'))
        .sort();
    },
    async projects() {
      const { stdout } = await nxWorks('show', 'projects', '--json');
      return (JSON.parse(stdout) as string[]).sort();
    },
    async clone(gitOptions = []) {
      const folder = await newFolder();
      const copy = join(folder, 'monorepo');
      await mustRun('git', ['clone', '--quiet', ...gitOptions, root, copy], options);
      await linkFolder(join(root, 'node_modules'), join(copy, 'node_modules'));
      const data = join(folder, 'data');
      const itsEnv = { ...env, SEQMIRROR_DATA_DIR: data, NX_CACHE_DIRECTORY: join(folder, 'nx-cache') };
      return workspaceAt(copy, { dataFolder: data, env: itsEnv });
    },
  };
}

interface NxGraph {
  readonly graph: {
    readonly dependencies: Readonly<Record<string, readonly { readonly source: string; readonly target: string }[]>>;
  };
}
