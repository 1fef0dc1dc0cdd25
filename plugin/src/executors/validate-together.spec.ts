import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutorContext, Task, TaskGraph } from '@nx/devkit';
import type { Lab } from '../../../testing/lab/lab';
import type { World } from '../../../testing/worlds/world';
import { app, aSealedMirror, startUpstream, tools, ubi } from '../../../testing/worlds/world';
import { readByOthers } from './same-run';
import validateTogether from './validate-together';

const folders = ['seq1-baseline', 'seq2-add-app', 'seq3-add-tools'] as const;
const [seq1, seq2, seq3] = [1, 2, 3].map((number) => `mirror-seq${number}:validate`) as [string, string, string];
const chain = 'mirror:validate';
const all = [chain, seq1, seq2, seq3];

/** A run of Nx that has these tasks. */
function graphOf(ids: readonly string[], task: Partial<Task> = {}): TaskGraph {
  const tasks = ids.map((id): [string, Task] => {
    const [project = '', target = ''] = id.split(':');
    const how = { overrides: {}, outputs: [], parallelism: true, cache: false };
    return [id, { ...how, id, target: { project, target }, ...task }];
  });
  return { roots: [], tasks: Object.fromEntries(tasks), dependencies: {}, continuousDependencies: {} };
}

const projects: ExecutorContext['projectsConfigurations']['projects'] = {
  mirror: { root: 'mirror', targets: { validate: {} } },
  ...Object.fromEntries(
    folders.map((folder, index) => {
      const root = `mirror/content/${folder}`;
      return [`mirror-seq${index + 1}`, { root, targets: { validate: { options: { sequence: root } } } }];
    }),
  ),
};

function contextIn(root: string): ExecutorContext {
  return {
    ...{ root, cwd: root, isVerbose: false, nxJsonConfiguration: {} },
    projectsConfigurations: { version: 2, projects },
    projectGraph: { nodes: {}, dependencies: {} },
  };
}

describe('the validation of a chain and its sequences in one process', () => {
  let upstream: Lab;
  let world: World;

  beforeAll(async () => {
    upstream = await startUpstream();
    world = await aSealedMirror(upstream, {
      [folders[0]]: [ubi],
      [folders[1]]: [ubi, app],
      [folders[2]]: [ubi, app, tools],
    });
    process.env['SEQMIRROR_DATA_DIR'] = join(world.data, '..');
  });
  afterAll(async () => {
    delete process.env['SEQMIRROR_DATA_DIR'];
    await world?.remove();
    await upstream?.stop();
  });

  /** The results by task, and how many bytes this process read meanwhile. */
  async function validated(ids: readonly string[], options: object = {}) {
    const inputs = Object.fromEntries(
      ids.map((id) => [id, { ...projects[id.split(':')[0] ?? '']?.targets?.['validate']?.options, ...options }]),
    );
    const before = await bytesRead();
    const results = (await validateTogether(graphOf(ids), inputs, {}, contextIn(world.root))) as Readonly<
      Record<string, { readonly success: boolean; readonly terminalOutput: string }>
    >;
    const bytes = (await bytesRead()) - before;
    return { results, bytes, succeeded: ids.filter((id) => results[id]?.success === true) };
  }

  /** Bytes read by all threads of this process since its start. */
  async function bytesRead(): Promise<number> {
    return Number(/^rchar: (\d+)$/m.exec(await readFile('/proc/self/io', 'utf8'))?.[1]);
  }

  it('reads no byte twice', async () => {
    await validated([chain]);
    const alone = await validated([chain]);
    const together = await validated(all);
    expect(alone.bytes).toBeGreaterThan(900_000);
    expect(together.bytes).toBeLessThan(alone.bytes * 1.05);
    expect(together.succeeded).toEqual(all);
  });

  it('uses for a sequence what was read of the others', async () => {
    const { results } = await validated([seq1, seq2]);
    expect(results[seq2]?.terminalOutput).toMatch(/^seq2-add-app: PROVEN; .*\n\nmirror: 1 PROVEN \(deep: /);
    const alone = await validated([seq2]);
    expect(alone.results[seq2]?.terminalOutput).toMatch(/^seq2-add-app: PROVEN GIVEN seq1 \(not checked\); /);
  });

  it('prints a separate document for each', async () => {
    const { results } = await validated(all, { json: true, depth: 'quick' });
    const documents = all.map((id) => JSON.parse(results[id]?.terminalOutput ?? '') as { sequences: unknown[] });
    expect(documents.map(({ sequences }) => sequences.length)).toEqual([3, 1, 1, 1]);
  });

  it('reads the folder in --path once, and draws a sample for each', async () => {
    const path = join(world.root, 'mirror/content', folders[0]);
    const [one, several] = [await validated([seq1], { path }), await validated(all, { path })];
    expect(several.bytes).toBeLessThan(one.bytes * 1.2);
    expect(several.succeeded).toEqual(all);
    const { results } = await validated([chain, seq2], { sample: '50%' });
    expect(results[seq2]?.terminalOutput).toMatch(/\nmirror: 1 CONSISTENT \(deep, a sample: /);
  });

  it('tells each task the reason if a sequence is missing, or the mirror cannot be read', async () => {
    const { results, succeeded } = await validated([chain, seq1], { sequence: 'mirror/content/seq9-none' });
    expect(succeeded).toEqual([]);
    expect(results[seq1]?.terminalOutput).toMatch(/^SEQ0232 /);
    const settings = await world.read('mirror/seqmirror.yaml');
    await world.write('mirror/seqmirror.yaml', '{{{');
    expect((await validated([chain, seq1])).succeeded).toEqual([]);
    await world.write('mirror/seqmirror.yaml', settings);
  });

  it('fails the sequence whose archive is missing, and the chain', async () => {
    await rm(join(world.root, 'mirror/content', folders[2], 'mirror_000001.tar'));
    for (const name of await readdir(join(world.data, 'store')))
      if (name.startsWith(folders[2])) await rm(join(world.data, 'store', name, 'mirror_000001.tar'));
    const { results, succeeded } = await validated(all);
    expect(succeeded).toEqual([seq1, seq2]);
    expect(results[seq3]?.terminalOutput).toContain('mirror_000001.tar of seq3-add-tools is missing');
  });
});

describe('the validation of a chain beside those of its sequences, each in its own process', () => {
  const deep = { path: undefined, sample: undefined, depth: 'deep' } as const;
  const inRun = (taskGraph: TaskGraph) => ({
    ...contextIn('/nowhere'),
    ...{ projectName: 'mirror', targetName: 'validate', taskGraph },
  });

  it('leaves the archives to those', () => {
    expect(readByOthers(inRun(graphOf(all)), deep)).toEqual([seq1, seq2, seq3]);
  });

  it.each([
    ['one sequence is not validated in this run', inRun(graphOf([chain, seq1, seq2])), deep],
    ['it is alone', inRun(graphOf([chain])), deep],
    ['Nx may have taken them from its cache', inRun(graphOf(all, { cache: true })), deep],
    ['a folder elsewhere is looked at', inRun(graphOf(all)), { ...deep, path: '/media/disk' }],
    ['a sample is drawn', inRun(graphOf(all)), { ...deep, sample: '5%' }],
  ])('reads them itself if %s', (_, context, options) => {
    expect(readByOthers(context, options)).toEqual([]);
  });

  it('reads them itself if the others have other options', () => {
    const graph = graphOf(all);
    const other = { ...graph.tasks[seq2], overrides: { depth: 'quick' } } as Task;
    expect(readByOthers(inRun({ ...graph, tasks: { ...graph.tasks, [seq2]: other } }), deep)).toEqual([]);
  });
});
