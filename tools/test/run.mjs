// `npm test` and its circles: `run.mjs test`, `run.mjs unit` …, then arguments for Jest; without a circle, Jest by its
// arguments alone. At its end, which suites were skipped and why, and the count. Where SEQMIRROR_TEST_SUMMARIES names a
// folder, several runs leave their counts there, and each ends with the sum of all that are there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import circlesModule from './circles.cjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');
const own = mkdtempSync(join(tmpdir(), 'seqmirror-test-'));
const folder = process.env.SEQMIRROR_TEST_SUMMARIES || own;

const [first] = process.argv.slice(2);
const circle = first in circlesModule.circles ? first : undefined;
const file = join(folder, `${circle ?? 'jest'}.json`);

try {
  rmSync(file, { force: true });
  // Options that take lists come first: they would swallow a path that follows them.
  const args = [jest, '--reporters=default', `--reporters=${join(here, 'reporter.cjs')}`, '--maxWorkers=2'];
  if (circle !== undefined) args.push(`--filter=${join(here, 'filter.cjs')}`);
  const child = spawn(process.execPath, [...args, ...process.argv.slice(circle === undefined ? 2 : 3)], {
    cwd: root,
    stdio: 'inherit',
    // Runs within a spec are counted apart.
    env: {
      ...process.env,
      SEQMIRROR_TEST_SUMMARIES: '',
      SEQMIRROR_TEST_SUMMARY: file,
      SEQMIRROR_CIRCLE: circle ?? '',
    },
  });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
  // Absent after `--help`, `--listTests` and the like, and when Jest itself broke.
  if (existsSync(file)) console.log(report(readdirSync(folder).map((name) => readSummary(join(folder, name)))));
} finally {
  rmSync(own, { recursive: true, force: true });
}

function readSummary(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function report(summaries) {
  const suites = summaries.flatMap((summary) => summary.suites);
  const total = (key) => summaries.reduce((sum, summary) => sum + summary[key], 0);
  const lines = suites.map(({ spec, suite, reason, tests }) => `  ${suite}: ${reason} (${tests} in ${spec})`);
  const needsOcMirror = suites.some(({ reason }) => reason.includes('oc-mirror'));
  return [
    ...(lines.length > 0 ? ['', 'Skipped suites:', ...lines] : []),
    ...(needsOcMirror ? ['  An oc-mirror is used when SEQMIRROR_OC_MIRROR names one.'] : []),
    '',
    `${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`,
  ].join('\n');
}
