/** What the plugin adds to every Nx command, and what a long sealed chain costs when there is nothing to do. */
import type { Benchmark, BenchResult, BenchSetting, Row } from '../benchmark';
import { measured } from '../measured';
import type { NxWorkspace } from '../nx-workspace';
import { makeNxWorkspace, trivialTask } from '../nx-workspace';

const shownSequences = 1000;
const runSequences = 300;
const cachedRun = /\b300\/300\b|read the output from the cache instead of running the command for 300 out of 300/;

export const graphBench: Benchmark = {
  name: 'graph',
  title: 'Nx with long chains, daemon off',
  needs: [],
  run: async (setting): Promise<BenchResult> => ({
    rows: [await showProjects(setting), ...(await sealedChain(setting))],
    skipped: [],
    notes: [
      'a workspace of its own with a mirror and one other project, the packed package installed, the same files with and without the plugin in nx.json; each command runs once before it is measured',
      `${trivialTask} is a cached target in the workspace without the plugin: Nx's own start`,
    ],
  }),
};

async function showProjects({ bench, runs, say }: BenchSetting): Promise<Row> {
  say(`making ${shownSequences} sequences, twice`);
  const mirror = { sequences: shownSequences, images: 2, changes: 1 };
  const ours = await makeNxWorkspace(bench, { plugin: 'on', mirror });
  const theirs = await makeNxWorkspace(bench, { plugin: 'off', mirror });
  const args = ['show', 'projects', '--json'];
  // More than the sequences: the mirror and the other project.
  const { stdout } = await ours.nx(args);
  const projects = (JSON.parse(stdout) as string[]).length;
  if (projects !== shownSequences + 2) throw new Error(`${projects} projects instead of ${shownSequences + 2}`);
  await theirs.nx(args);
  const sides = await alternating(runs * 3, [ours, args], [theirs, args]);
  return {
    what: `nx show projects, ${shownSequences} sequences`,
    ours: measured('seconds', sides.ours),
    theirs: { name: 'without the plugin', value: measured('seconds', sides.theirs) },
    bar: { of: 'difference', atMost: 0.5 },
  };
}

async function sealedChain({ bench, runs, say }: BenchSetting): Promise<Row[]> {
  const mirror = { sequences: runSequences, images: 2, changes: 1 };
  const ours = await makeNxWorkspace(bench, { plugin: 'on', mirror });
  const theirs = await makeNxWorkspace(bench, { plugin: 'off', mirror });
  const task = ['run', `mirror:seq${runSequences}`];
  const trivial = ['run', trivialTask];
  say(`first run of ${runSequences} sealed sequences, which checks each of them`);
  const { seconds: firstSeconds } = await ours.nx(task);
  await theirs.nx(trivial);
  say('second run');
  const { stdout } = await ours.nx(task);
  if (!cachedRun.test(stdout)) throw new Error(`the second run is not all from the cache:\n${stdout.slice(-1000)}`);
  await theirs.nx(trivial);
  const sides = await alternating(runs * 3, [ours, task], [theirs, trivial]);
  return [
    {
      what: `nx run mirror:seq${runSequences}, third run`,
      ours: measured('seconds', sides.ours),
      theirs: { name: `nx run ${trivialTask}`, value: measured('seconds', sides.theirs) },
      bar: { of: 'difference', atMost: 2 },
    },
    { what: 'the same, first run: each one checked', ours: measured('seconds', [firstSeconds]) },
  ];
}

type Command = readonly [NxWorkspace, readonly string[]];

async function alternating(
  runs: number,
  ours: Command,
  theirs: Command,
): Promise<{ ours: number[]; theirs: number[] }> {
  const seconds = { ours: [] as number[], theirs: [] as number[] };
  for (let run = 0; run < runs; run++) {
    seconds.ours.push((await ours[0].nx(ours[1])).seconds);
    seconds.theirs.push((await theirs[0].nx(theirs[1])).seconds);
  }
  return seconds;
}
