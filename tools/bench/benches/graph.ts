/** What the plugin adds to every Nx command, and what a long sealed chain costs when there is nothing to do. */
import type { Benchmark, BenchResult, BenchSetting, Row } from '../benchmark';
import { measured } from '../measured';
import type { NxWorkspace } from '../nx-workspace';
import { makeNxWorkspace, trivialTask } from '../nx-workspace';

const shownSequences = 1000;
const runSequences = 300;
/** The folded sequences have one task, the last 24 one each. The name in the mirror's project is never cached. */
const cachedRun = /\b25\/2[56] hit|read the output from the cache instead of running the command for 25 out of/;

export const graphBench: Benchmark = {
  name: 'graph',
  title: 'Nx commands with long chains, without the Nx daemon',
  needs: [],
  run: async (setting): Promise<BenchResult> => ({
    rows: [...(await showProjects(setting)), ...(await sealedChain(setting))],
    skipped: [],
    notes: [
      'Each workspace has a mirror and one other project. In each workspace, seqmirror is installed from the file that `npm pack` made. The workspaces differ only in the plugin that nx.json names. Each command ran once before the measured runs. Nx loads plugins in its own process.',
      'Plain projects: a plugin of six lines makes one project with one target for each sequence.',
      `${trivialTask} is a cached target in the workspace without the plugin. The time of trivial:nothing is the start time of Nx.`,
    ],
  }),
};

async function showProjects({ bench, runs, say }: BenchSetting): Promise<Row[]> {
  say(`making ${shownSequences} sequences, four times`);
  const mirror = { sequences: shownSequences, images: 2, changes: 1 };
  const folded = await makeNxWorkspace(bench, { plugin: 'seqmirror', mirror });
  const all = await makeNxWorkspace(bench, { plugin: 'seqmirror', mirror, settings: 'graph:\n  show: all\n' });
  const plain = await makeNxWorkspace(bench, { plugin: 'plain', mirror });
  const none = await makeNxWorkspace(bench, { plugin: 'none', mirror });
  const args = ['show', 'projects', '--json'];
  // More than the sequences: the mirror, the older ones' project and the other project.
  await expectProjects(folded, 24 + 3);
  await expectProjects(all, shownSequences + 2);
  await expectProjects(plain, shownSequences + 1);
  await expectProjects(none, 1);
  const [foldedRuns, allRuns, plainRuns, noneRuns] = (await alternating(
    runs * 5,
    [folded, all, plain, none].map((workspace) => [workspace, args] as const),
  )) as [number[], number[], number[], number[]];
  return [
    {
      what: `nx show projects, ${shownSequences} sequences`,
      ours: measured('seconds', foldedRuns),
      theirs: { name: 'without the plugin', value: measured('seconds', noneRuns) },
      bar: { of: 'difference', atMost: 0.15 },
    },
    {
      what: 'nx show projects, with graph.show: all',
      ours: measured('seconds', allRuns),
      theirs: { name: 'as many plain projects', value: measured('seconds', plainRuns) },
      bar: { of: 'ratio', atMost: 1.2 },
    },
  ];
}

async function expectProjects(workspace: NxWorkspace, expected: number): Promise<void> {
  const { stdout } = await workspace.nx(['show', 'projects', '--json']);
  const { length } = JSON.parse(stdout) as string[];
  if (length !== expected) throw new Error(`${length} projects instead of ${expected}`);
}

async function sealedChain({ bench, runs, say }: BenchSetting): Promise<Row[]> {
  const mirror = { sequences: runSequences, images: 2, changes: 1 };
  const ours = await makeNxWorkspace(bench, { plugin: 'seqmirror', mirror });
  const theirs = await makeNxWorkspace(bench, { plugin: 'none', mirror });
  const task = ['run', `mirror:seq${runSequences}`];
  const trivial = ['run', trivialTask];
  // The graph is made before, so that the first run is not the first one of Nx too.
  for (const workspace of [ours, theirs]) await workspace.nx(['show', 'projects']);
  say(`first run of ${runSequences} sealed sequences, which checks each of them`);
  const first = { ours: await ours.nx(task), theirs: await theirs.nx(trivial) };
  say('second run');
  const { stdout } = await ours.nx(task);
  if (!cachedRun.test(stdout)) throw new Error(`the second run is not all from the cache:\n${stdout.slice(-1000)}`);
  await theirs.nx(trivial);
  const [ourRuns, theirRuns] = (await alternating(runs * 3, [
    [ours, task],
    [theirs, trivial],
  ])) as [number[], number[]];
  const start = `nx run ${trivialTask}`;
  return [
    {
      what: `nx run mirror:seq${runSequences}, first run, which checks each sequence`,
      ours: measured('seconds', [first.ours.seconds]),
      theirs: { name: start, value: measured('seconds', [first.theirs.seconds]) },
      bar: { of: 'difference', atMost: 3 },
    },
    {
      what: `nx run mirror:seq${runSequences}, third run`,
      ours: measured('seconds', ourRuns),
      theirs: { name: start, value: measured('seconds', theirRuns) },
      bar: { of: 'difference', atMost: 0.5 },
    },
  ];
}

type Command = readonly [NxWorkspace, readonly string[]];

/** The seconds of each run of each command, one run of each in turn. */
async function alternating(runs: number, commands: readonly Command[]): Promise<number[][]> {
  const seconds = commands.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    for (const [index, [workspace, args]] of commands.entries()) {
      seconds[index]?.push((await workspace.nx(args)).seconds);
    }
  }
  return seconds;
}
