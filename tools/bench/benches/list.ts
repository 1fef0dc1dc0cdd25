/** What it takes to say everything about a long chain, from its records alone. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark, BenchSetting, Row } from '../benchmark';
import { measured } from '../measured';
import { callProduct } from '../product';
import type { SealedMirror } from '../sealed-mirror';
import { writeSealedMirror } from '../sealed-mirror';
import { settledRecords } from '../workbench';

const shapes: readonly (SealedMirror & { readonly name: string })[] = [
  { name: '6 images per sequence', sequences: 300, images: 6, changes: 3 },
  { name: '400 images per sequence', sequences: 300, images: 400, changes: 9 },
];

export const listBench: Benchmark = {
  name: 'list',
  title: 'list and check 300 sealed sequences',
  needs: [],
  run: async (setting) => ({
    rows: await rowsOf(setting),
    skipped: [],
    notes: [
      'No other program lists such a chain, so there is no peer. The time is the processor time of the call, without the start of Node and Nx.',
      'The first run checks all records, and writes a list of the records. The second run only checks that the files in this list have not changed.',
    ],
  }),
};

async function rowsOf(setting: BenchSetting): Promise<Row[]> {
  const rows: Row[] = [];
  for (const shape of shapes) rows.push(...(await listed(setting, shape)));
  return rows;
}

async function listed(setting: BenchSetting, { name, ...mirror }: SealedMirror & { name: string }): Promise<Row[]> {
  const { bench, say } = setting;
  say(`making ${mirror.sequences} sequences: ${name}`);
  const root = join(bench.folder, `list-${mirror.images}`);
  await writeSealedMirror(join(root, 'mirror'), mirror);
  const folders = (await readdir(join(root, 'mirror/content'))).filter((each) => /^seq\d/.test(each));
  const chain: Chain = { root, name, sequences: mirror.sequences };
  // Writes what these sequences lack beside their records.
  await called(setting, chain, { call: 'checkSequences', request: { folders } });
  await settledRecords();
  const listing = await firstAndAgain(setting, chain, { call: 'listSequences', request: {} });
  const checking = await firstAndAgain(setting, chain, { call: 'checkSequences', request: { folders } });
  return [
    { what: `command list, ${name}, first run`, ours: listing.first, bar: { of: 'ours', atMost: 1 } },
    { what: `command list, ${name}, second run`, ours: listing.again, bar: { of: 'ours', atMost: 0.2 } },
    { what: `peak memory of command list, ${name}, first run`, ours: listing.peak },
    { what: `check of all sequences, ${name}, first run`, ours: checking.first },
    { what: `check of all sequences, ${name}, second run`, ours: checking.again },
  ];
}

interface Chain {
  readonly root: string;
  readonly name: string;
  readonly sequences: number;
}

interface Call {
  readonly call: string;
  readonly request: object;
}

async function firstAndAgain(setting: BenchSetting, chain: Chain, asked: Call) {
  const first: number[] = [];
  const again: number[] = [];
  const peak: number[] = [];
  for (let run = 1; run <= setting.runs; run++) {
    setting.say(`run ${run} of ${setting.runs}: ${asked.call}, ${chain.name}`);
    await rm(dataOf(chain), { recursive: true, force: true });
    const one = await called(setting, chain, asked);
    first.push(one.callCpuSeconds);
    peak.push(one.use.peakBytes);
    again.push((await called(setting, chain, asked)).callCpuSeconds);
  }
  return {
    first: measured('seconds', first),
    again: measured('seconds', again),
    peak: measured('bytes', peak),
  };
}

async function called({ bench, product }: BenchSetting, chain: Chain, { call, request }: Call) {
  const { root, sequences } = chain;
  const env = { ...process.env, SEQMIRROR_DATA_DIR: dataOf(chain), XDG_CONFIG_HOME: `${root}-config` };
  const where = { cwd: root, env, signal: bench.signal };
  const asked = { workspaceRoot: root, mirrorRoot: 'mirror', ...request };
  const done = await callProduct<{ sealed: number }>(product, call, asked, where);
  if (done.result.sealed !== sequences) throw new Error(`${done.result.sealed} of ${sequences} are sound`);
  return done;
}

function dataOf({ root }: Chain): string {
  return `${root}-data`;
}
