/** What it takes to say everything about a long chain, from its records alone. */
import { join } from 'node:path';
import type { Benchmark, BenchSetting, Row } from '../benchmark';
import { measured } from '../measured';
import { callProduct } from '../product';
import type { SealedMirror } from '../sealed-mirror';
import { writeSealedMirror } from '../sealed-mirror';

const shapes: readonly (SealedMirror & { readonly name: string })[] = [
  { name: 'sets of 6 images', sequences: 300, images: 6, changes: 3 },
  { name: 'sets of 400 images', sequences: 300, images: 400, changes: 9 },
];

export const listBench: Benchmark = {
  name: 'list',
  title: 'listSequences, 300 sealed sequences',
  needs: [],
  run: async (setting) => ({
    rows: await rowsOf(setting),
    skipped: [],
    notes: ['nothing else says it, so there is nothing to compare with; without the start of Node and of Nx'],
  }),
};

async function rowsOf(setting: BenchSetting): Promise<Row[]> {
  const rows: Row[] = [];
  for (const shape of shapes) rows.push(...(await listed(setting, shape)));
  return rows;
}

async function listed(
  { bench, product, runs, say }: BenchSetting,
  { name, ...mirror }: SealedMirror & { name: string },
): Promise<Row[]> {
  say(`making ${mirror.sequences} sequences: ${name}`);
  const root = join(bench.folder, `list-${mirror.images}`);
  await writeSealedMirror(join(root, 'mirror'), mirror);
  const env = { ...process.env, SEQMIRROR_DATA_DIR: `${root}-data` };
  const seconds: number[] = [];
  const peaks: number[] = [];
  for (let run = 1; run <= runs; run++) {
    say(`run ${run} of ${runs}: ${name}`);
    const request = { workspaceRoot: root, mirrorRoot: 'mirror' };
    const { callSeconds, use, result } = await callProduct<{ sealed: number }>(product, 'listSequences', request, {
      cwd: root,
      env,
      signal: bench.signal,
    });
    if (result.sealed !== mirror.sequences) throw new Error(`${result.sealed} of ${mirror.sequences} are sound`);
    seconds.push(callSeconds);
    peaks.push(use.peakBytes);
  }
  return [
    { what: `time, ${name}`, ours: measured('seconds', seconds) },
    { what: `peak memory, ${name}`, ours: measured('bytes', peaks) },
  ];
}
