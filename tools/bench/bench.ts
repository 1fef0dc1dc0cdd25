/** `npm run bench`: what it costs, compared with what one would run instead. `npm run bench -- --help` says how. */
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasProgram } from '../../testing/lab/requirements';
import { makeRunFolder, removeRunFolder } from '../../testing/run/run-folder';
import { archiveBench } from './benches/archive';
import { bundleBench } from './benches/bundle';
import { chainBench } from './benches/chain';
import { engineBench } from './benches/engine';
import { graphBench } from './benches/graph';
import { listBench } from './benches/list';
import { reissueBench } from './benches/reissue';
import { uploadBench } from './benches/upload';
import { validateBench } from './benches/validate';
import type { Benchmark } from './benchmark';
import { shaInstructions } from './floors';
import { repositoryRoot, unpackProduct } from './product';
import type { Outcome } from './report';
import { jsonOf, renderOutcome } from './report';
import { withWorkbench } from './workbench';

const benchmarks: readonly Benchmark[] = [
  engineBench,
  chainBench,
  graphBench,
  archiveBench,
  validateBench,
  listBench,
  uploadBench,
  bundleBench,
  reissueBench,
];

const usage = `Measures speed, memory and bytes written beside what one would run instead. Nothing of it fails a test.

  npm run bench -- [name ...] [options]
${benchmarks.map(({ name, title }) => `  ${name.padEnd(18)} ${title}`).join('\n')}

  --scale <factor>   times the full sizes, 2 GB sets and 4 GB archives   (default 1)
  --runs <number>    of each side, alternating                                        (default 3)
  --json             one document with every run, instead of tables: docs/bench/<version>.json for a release

The real oc-mirror is the one that SEQMIRROR_OC_MIRROR names.
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: '1' },
      runs: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const scale = positive('--scale', values.scale);
  const runs = Math.ceil(positive('--runs', values.runs));
  const chosen = chosenBenchmarks(positionals);
  if (!existsSync('/proc/self/io')) throw new TypeError('benchmarks measure by /proc: they run on Linux only');

  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  }
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const before = machine();
  if (!values.json) console.log(machineText(before));
  const outcomes: Outcome[] = [];
  await withWorkbench(stop.signal, async (shared) => {
    await makeRunFolder();
    shared.atEnd(removeRunFolder);
    say('building and packing the package');
    const product = await unpackProduct(shared);
    for (const benchmark of chosen) {
      const outcome = await outcomeOf(benchmark, () =>
        withWorkbench(stop.signal, (bench) =>
          benchmark.run({ bench, product, scale, runs, say: (text) => say(`${benchmark.name}: ${text}`) }),
        ),
      );
      stop.signal.throwIfAborted();
      outcomes.push(outcome);
      if (!values.json) console.log(`\n${renderOutcome(outcome)}`);
    }
  });
  if (values.json) {
    const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'plugin/package.json'), 'utf8')) as {
      version: string;
    };
    const document = {
      schema: 'seqmirror-bench/v1',
      version,
      scale,
      machine: before,
      benchmarks: outcomes.map(jsonOf),
    };
    console.log(JSON.stringify(document, null, 2));
  }
  if (outcomes.some(({ kind }) => kind === 'failed')) process.exitCode = 1;
}

async function outcomeOf(benchmark: Benchmark, run: () => ReturnType<Benchmark['run']>): Promise<Outcome> {
  const missing = benchmark.needs.filter((program) => !hasProgram(program));
  if (missing.length > 0) return { benchmark, kind: 'skipped', why: `no ${missing.join(', no ')}` };
  try {
    return { benchmark, kind: 'measured', result: await run() };
  } catch (error) {
    return { benchmark, kind: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function chosenBenchmarks(names: readonly string[]): readonly Benchmark[] {
  const unknown = names.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) throw new TypeError(`there is no benchmark ${unknown}`);
  return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
}

function machine() {
  const [processor] = cpus();
  return {
    processors: cpus().length,
    model: processor?.model ?? 'unknown',
    memoryBytes: totalmem(),
    kernel: release(),
    node: process.version,
    shaInstructions: shaInstructions(),
    loadBefore: loadavg()[0] ?? 0,
  };
}

function machineText({
  processors,
  model,
  memoryBytes,
  kernel,
  node,
  shaInstructions: sha,
  loadBefore,
}: ReturnType<typeof machine>): string {
  const busy = loadBefore > processors / 2 ? '; it is busy with other work, so times are noisy' : '';
  const memory = `${(memoryBytes / 1e9).toFixed(0)} GB`;
  return `${processors} x ${model}, ${memory}, Linux ${kernel}, Node ${node}; SHA instructions: ${sha}${sha === 'left out' ? ' (OpenSSL alone: programs in Go use them all the same)' : ''}; load before ${loadBefore.toFixed(1)}${busy}`;
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new TypeError(`${name} is a number above 0, not ${text}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof TypeError ? `${error.message}\n\n${usage}` : error);
  process.exitCode = 1;
});
