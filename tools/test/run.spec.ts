import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seqmirror-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(spec: string): { status: number | null; lines: string[] } {
  writeFileSync(join(folder, 'a.spec.js'), spec);
  const config = JSON.stringify({ rootDir: folder, testMatch: ['**/*.spec.js'] });
  const args = [join(__dirname, 'run.mjs'), `--config=${config}`];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n') };
}

describe('npm test', () => {
  it('names the suites that it skipped, and counts in the last line', () => {
    const { status, lines } = run(`
      it('passes', () => {});
      describe.skip('a chain [skipped: needs skopeo, oc-mirror]', () => {
        it('one', () => {});
        it('two', () => {});
      });`);
    expect(status).toBe(0);
    expect(lines.slice(-5)).toEqual([
      'Skipped suites:',
      '  a chain: needs skopeo, oc-mirror (2 in a.spec.js)',
      '  An oc-mirror is used when SEQMIRROR_OC_MIRROR names one.',
      '',
      '1 passed, 0 failed, 2 skipped',
    ]);
  });

  it('names what was skipped without a reason too', () => {
    const { lines } = run(`describe('a', () => { it.skip('one', () => {}); it('two', () => {}); });`);
    expect(lines).toContain('  a: without a reason (1 in a.spec.js)');
  });

  it.each([
    { name: 'a test', spec: `it('fails', () => { throw new Error('x'); });` },
    { name: 'a spec that cannot be loaded', spec: `require('./nowhere');` },
  ])('fails with $name', ({ spec }) => {
    const { status, lines } = run(spec);
    expect([status, lines.at(-1)]).toEqual([1, '0 passed, 1 failed, 0 skipped']);
  });
});
