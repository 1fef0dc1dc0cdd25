/** What a command loads before it works, in real runs of the packed package: start-up is most of what a person waits for. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../testing/lab/lab';
import { mustRun } from '../harness/run';
import { generateSmallChain, startSmallUpstream, workspaceWithMirror } from '../harness/small-chain';
import type { Workspace } from '../harness/workspace';
import { removeWorkspaces } from '../harness/workspace';

jest.setTimeout(5 * 60_000);

let upstream: Lab;
let workspace: Workspace;
beforeAll(async () => {
  upstream = await startSmallUpstream();
  workspace = await workspaceWithMirror(upstream);
  await generateSmallChain(workspace);
  await workspace.nxWorks('run', 'mirror:seq2');
});
afterAll(async () => {
  await removeWorkspaces();
  await upstream?.stop();
});

interface Loaded {
  /** Files of seqmirror, from dist and without their ending: `chain/list-sequences`. */
  readonly own: readonly string[];
  /** Names of packages. */
  readonly packages: ReadonlySet<string>;
}

/** What each process of a run loaded that loaded anything of seqmirror, in the order in which they began to. */
async function loadedBy(program: 'nx' | 'seqmirror', ...args: readonly string[]): Promise<Loaded[]> {
  const log = join(workspace.root, '../loaded-files');
  await rm(log, { force: true });
  await mustRun(join(workspace.root, 'node_modules/.bin', program), args, {
    cwd: workspace.root,
    env: {
      ...workspace.env,
      LOADED_FILES: log,
      NODE_OPTIONS: `--require=${join(__dirname, 'loaded-files.cjs')}`,
    },
  });
  const processes = new Map<string, string[]>();
  for (const line of (await readFile(log, 'utf8')).trimEnd().split('\n')) {
    const [pid = '', path = ''] = line.split(' ');
    processes.set(pid, [...(processes.get(pid) ?? []), path]);
  }
  return [...processes.values()].map(loadedOf).filter(({ own }) => own.length > 0);
}

function loadedOf(paths: readonly string[]): Loaded {
  const own = paths.flatMap((path) => /\/node_modules\/seqmirror\/dist\/(.+)\.js$/.exec(path)?.[1] ?? []);
  const packages = paths.flatMap((path) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return { own, packages: new Set(packages) };
}

/** Whatever is behind the border of engines, or asks a registry, or reads archives. */
const heavy =
  /^(?:engine|push|release|catalog|helm|foreign|cluster-resources|volumes)\/|^registry\/(?!settings|destination)|^archive\/(?!names$)/;
const heavyPackages = ['openpgp', 'undici', 'tar', 're2js', 'smol-toml', 'execa'];

function expectNothingHeavy({ own, packages }: Loaded): void {
  expect(own.filter((file) => heavy.test(file))).toEqual([]);
  expect(heavyPackages.filter((name) => packages.has(name))).toEqual([]);
}

describe('a command of the packed package', () => {
  it('loads for the graph what makes projects out of paths, and no schema', async () => {
    const [graph = { own: [], packages: new Set<string>() }, ...others] = await loadedBy('nx', 'show', 'projects');
    expect(others).toEqual([]);
    expectNothingHeavy(graph);
    expect(graph.packages).not.toContain('zod');
    expect([...new Set(graph.own.map((file) => file.split('/')[0]))].sort()).toEqual([
      ...['commands', 'graph', 'index', 'mirror', 'sequence', 'system'],
    ]);
    expect(graph.own.length).toBeLessThanOrEqual(31);
  });

  it.each([
    { does: 'checks what is sealed, many in a process', args: ['run', 'mirror:seq2', '--skip-nx-cache'] },
    {
      does: 'checks what is sealed, each in its process',
      args: ['run', 'mirror-seq1:mirror', '--skip-nx-cache', '--no-batch'],
    },
    { does: 'lists', args: ['run', 'mirror:list'] },
  ])('loads no engine, no registry and no archive where it $does', async ({ args }) => {
    const [graph, task, ...others] = await loadedBy('nx', ...args);
    expect(graph?.own).toContain('index');
    expect(others).toEqual([]);
    expectNothingHeavy(task as Loaded);
    expect(task?.own.length).toBeLessThanOrEqual(110);
  });

  it('loads as little without Nx', async () => {
    const [list] = await loadedBy('seqmirror', 'list');
    expectNothingHeavy(list as Loaded);
    expect(list?.own.length).toBeLessThanOrEqual(130);
  });
});
