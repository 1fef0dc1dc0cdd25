// `npm test`: Jest over all projects, with whatever arguments follow; then which suites were skipped and why, and the count.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin/jest.js');
const folder = mkdtempSync(join(tmpdir(), 'seqmirror-test-'));
const file = join(folder, 'summary.json');

try {
  // Options that take lists come first: they would swallow a path that follows them.
  const args = [jest, '--reporters=default', `--reporters=${join(here, 'reporter.cjs')}`, '--maxWorkers=2'];
  const child = spawn(process.execPath, [...args, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SEQMIRROR_TEST_SUMMARY: file },
  });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
  // Absent after `--help`, `--listTests` and the like, and when Jest itself broke.
  if (existsSync(file)) console.log(summaryOf(JSON.parse(readFileSync(file, 'utf8'))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function summaryOf({ passed, failed, skipped, suites }) {
  const lines = suites.map(({ spec, suite, reason, tests }) => `  ${suite}: ${reason} (${tests} in ${spec})`);
  const needsOcMirror = suites.some(({ reason }) => reason.includes('oc-mirror'));
  return [
    ...(lines.length > 0 ? ['', 'Skipped suites:', ...lines] : []),
    ...(needsOcMirror ? ['  An oc-mirror is used when SEQMIRROR_OC_MIRROR names one.'] : []),
    '',
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ].join('\n');
}
