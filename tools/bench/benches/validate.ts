/** Deep verification: every byte of archives hashed once, in a process of its own, as a user waits for it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark, BenchSetting, Row } from '../benchmark';
import { measured } from '../measured';
import type { ProcessUse } from '../measured-process';
import { measureProcess } from '../measured-process';
import type { ProductCall } from '../product';
import { callProduct } from '../product';
import { writeManyRecords } from '../many-records';
import { writeLayers, writeSmallImages } from '../synthetic-archive';
import { settle, settledRecords } from '../workbench';

const allBytes = 4e9;
const archiveCount = 4;
const blobsOfAll = 1000;
const smallImages = 5000;

export const validateBench: Benchmark = {
  name: 'validate',
  title:
    'validate archives with 4 GB of layers, an archive with 20,000 blobs and 60,000 links, and the records of 200 sequences',
  needs: ['openssl'],
  run: async (setting) => {
    const large = await largeArchives(setting);
    const many = await manyEntries(setting);
    // Each depth has rows of its own; quick validation reads records alone, and would come next.
    const quick = await recordsAlone(setting);
    return {
      rows: [...large, ...many, ...quick],
      skipped: [],
      notes: [
        `${archiveCount} archives, with ${blobsOfAll} blobs together. If the memory is large enough, the archives are in the page cache. All times are times of whole processes. The times of seqmirror include the start of Node.`,
        'seqmirror hashes each byte once, as part of a blob or of the frame, and checks the tar structure. sha256sum and openssl do not check the structure.',
        'Quick validation reads records only: 60,000 records per sequence, 1.4 GB of inventories. No other program does this, so there is no peer. The time is the processor time of the call, without the start of Node. The first run checks all records, and writes a list of the records. The second run only checks that the files in this list have not changed.',
      ],
    };
  },
};

async function largeArchives(setting: BenchSetting): Promise<Row[]> {
  const { bench, scale, runs, say } = setting;
  say('writing archives');
  const paths = Array.from({ length: archiveCount }, (_, number) => archivePath(setting, 'large', number + 1));
  for (const path of paths) {
    const layers = {
      seed: path.slice(-10),
      count: blobsOfAll / archiveCount,
      bytes: (allBytes * scale) / archiveCount,
    };
    await writeLayers(path, layers);
  }
  await settle();
  const where = { cwd: bench.folder, env: process.env, signal: bench.signal };
  const ours: ProductCall<unknown>[] = [];
  const sha256sum: ProcessUse[] = [];
  const openssl: ProcessUse[] = [];
  // A warm-up run, so that the files are in the page cache for both sides.
  await verify(setting, paths);
  for (let run = 1; run <= runs; run++) {
    say(`run ${run} of ${runs}`);
    ours.push(await verify(setting, paths));
    openssl.push(await measureProcess('sh', ['-c', twoOfOpenssl, 'sh', ...paths], where));
    sha256sum.push(await measureProcess('sha256sum', paths, where));
  }
  const uses = ours.map(({ use }) => use);
  return [
    {
      what: 'deep verification',
      ours: secondsOf(uses),
      theirs: { name: 'sha256sum', value: secondsOf(sha256sum) },
      bar: { of: 'ratio', atMost: 1 / 5 },
    },
    {
      what: 'deep verification',
      ours: secondsOf(uses),
      floor: { name: '2 x openssl', value: secondsOf(openssl) },
      floorBar: 1.1,
    },
    // Says more than the clock while the machine does other things too.
    {
      what: 'processor time',
      ours: cpuSecondsOf(uses),
      theirs: { name: 'sha256sum', value: cpuSecondsOf(sha256sum) },
    },
    {
      what: 'processor time',
      ours: cpuSecondsOf(uses),
      theirs: { name: '2 x openssl', value: cpuSecondsOf(openssl) },
    },
    {
      what: 'time of the call, without the start of Node',
      ours: measured(
        'seconds',
        ours.map(({ callSeconds }) => callSeconds),
      ),
    },
    { what: 'peak memory, deep verification', ours: peakOf(ours) },
  ];
}

// Half of the files each, at the same time.
const twoOfOpenssl = `
  half=$(($# / 2))
  first=; second=; number=0
  for file; do
    number=$((number + 1))
    if [ $number -le $half ]; then first="$first $file"; else second="$second $file"; fi
  done
  openssl dgst -sha256 $first & one=$!
  openssl dgst -sha256 $second & other=$!
  wait $one && wait $other
`;

async function manyEntries(setting: BenchSetting): Promise<Row[]> {
  const path = archivePath(setting, 'many', 1);
  await writeSmallImages(path, smallImages);
  const calls: ProductCall<unknown>[] = [];
  for (let run = 1; run <= setting.runs; run++) calls.push(await verify(setting, [path]));
  return [
    {
      what: 'deep verification of 20,000 blobs and 60,000 links',
      ours: secondsOf(calls.map(({ use }) => use)),
    },
    {
      what: 'peak memory, 20,000 blobs and 60,000 links',
      ours: peakOf(calls),
      bar: { of: 'our worst', atMost: 150e6 },
    },
  ];
}

/** `validate --depth=quick` of a long chain on a machine that has none of its archives. */
async function recordsAlone({ bench, product, scale, runs, say }: BenchSetting): Promise<Row[]> {
  const sequences = Math.max(1, Math.round(200 * scale));
  say(`writing the records of ${sequences} sequences`);
  const root = join(bench.folder, 'records');
  await writeManyRecords(join(root, 'mirror'), { sequences, entries: 60_000 });
  const data = `${root}-data`;
  const env = { ...process.env, SEQMIRROR_DATA_DIR: data, XDG_CONFIG_HOME: `${root}-config` };
  const request = { workspaceRoot: root, mirrorRoot: 'mirror', depth: 'quick' };
  const call = async (): Promise<ProductCall<unknown>> => {
    const where = { cwd: root, env, signal: bench.signal };
    const done = await callProduct<{ sound: boolean; sequences: number }>(product, 'validate', request, where);
    if (!done.result.sound || done.result.sequences !== sequences) throw new Error('the records are not sound');
    return done;
  };
  await settledRecords();
  // So that the files are in the page cache.
  await call();
  const first: ProductCall<unknown>[] = [];
  const again: ProductCall<unknown>[] = [];
  for (let run = 1; run <= runs; run++) {
    await rm(data, { recursive: true, force: true });
    first.push(await call());
    again.push(await call());
  }
  const cpuOf = (calls: readonly ProductCall<unknown>[]) =>
    measured(
      'seconds',
      calls.map(({ callCpuSeconds }) => callCpuSeconds),
    );
  return [
    {
      what: `--depth=quick, records of ${sequences} sequences, first run`,
      ours: cpuOf(first),
      bar: { of: 'ours', atMost: 2 },
    },
    {
      what: `--depth=quick, records of ${sequences} sequences, second run`,
      ours: cpuOf(again),
      bar: { of: 'ours', atMost: 0.3 },
    },
    { what: 'wall time of the process, --depth=quick, first run', ours: secondsOf(first.map(({ use }) => use)) },
    { what: 'peak memory, --depth=quick, first run', ours: peakOf(first) },
  ];
}

async function verify({ bench, product }: BenchSetting, paths: readonly string[]): Promise<ProductCall<unknown>> {
  const request = { paths, hash: 'blobs' };
  const where = { cwd: bench.folder, signal: bench.signal };
  const call = await callProduct<{ findings: number }>(product, 'verifyArchives', request, where);
  if (call.result.findings > 0) throw new Error('the archives are not sound');
  return call;
}

function secondsOf(uses: readonly ProcessUse[]) {
  return measured(
    'seconds',
    uses.map(({ seconds }) => seconds),
  );
}

function cpuSecondsOf(uses: readonly ProcessUse[]) {
  return measured(
    'seconds',
    uses.map(({ cpuSeconds }) => cpuSeconds),
  );
}

function peakOf(calls: readonly ProductCall<unknown>[]) {
  return measured(
    'bytes',
    calls.map(({ use }) => use.peakBytes),
  );
}

function archivePath({ bench }: BenchSetting, folder: string, number: number): string {
  return join(bench.folder, folder, `mirror_00000${number}.tar`);
}
