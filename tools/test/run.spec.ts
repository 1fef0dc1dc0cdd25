import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

jest.setTimeout(120_000);

const program = join(__dirname, 'run.mjs');
const root = join(__dirname, '../..');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seqmirror-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Options {
  /** Path of the spec, as if the folder were the repository. */
  readonly path?: string;
  readonly config?: object;
  /** Where several runs leave their counts. */
  readonly summaries?: string;
}

/** Runs one spec. */
function run(spec: string, { path = 'a.spec.js', config = {}, summaries = '' }: Options = {}) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), spec);
  const settings = JSON.stringify({ rootDir: folder, testMatch: ['**/*.spec.js'], ...config });
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, `--config=${settings}`], {
    encoding: 'utf8',
    env: { ...process.env, SEQMIRROR_TEST_SUMMARIES: summaries },
  });
  return { status, lines: stdout.trimEnd().split('\n'), stderr };
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

  it('ends with the sum of all runs that leave their counts in one folder', () => {
    const summaries = join(folder, 'summaries');
    mkdirSync(summaries);
    writeFileSync(join(summaries, 'test.json'), '{"passed":7,"failed":1,"skipped":0,"suites":[]}');
    const { status, lines } = run(`it('passes', () => {}); it.skip('not', () => {});`, { summaries });
    expect(status).toBe(0);
    expect(lines.slice(-3)).toEqual([
      '  tests: without a reason (1 in a.spec.js)',
      '',
      '8 passed, 1 failed, 1 skipped',
    ]);
  });
});

describe('the circles', () => {
  const specsOf = (circle: string): string[] =>
    execFileSync(process.execPath, [program, circle, '--listTests'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.endsWith('.spec.ts'))
      .map((path) => path.slice(root.length + 1))
      .sort();

  it('have every spec in `all`, and each in either `test` or `rest`', () => {
    const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.spec.ts'], {
      cwd: root,
      encoding: 'utf8',
    });
    const specs = files.trim().split('\n').sort();
    expect(specsOf('all')).toEqual(specs);
    expect([...specsOf('test'), ...specsOf('rest')].sort()).toEqual(specs);
  });

  it('have in `test` what is in `unit`', () => {
    expect(specsOf('test')).toEqual(expect.arrayContaining(specsOf('unit')));
  });
});

describe('a unit spec', () => {
  const runUnit = (name: string, spec: string) =>
    run(spec, {
      path: `plugin/src/oci/${name}.js`,
      config: { testEnvironment: join(__dirname, 'environment.cjs'), testEnvironmentOptions: { root: folder } },
    });

  it.each([
    { name: 'listens', does: `require('node:net').createServer().listen(0)`, what: 'starts a server' },
    { name: 'asks', does: `require('node:http').get('http://127.0.0.1:9')`, what: 'opens a connection' },
    { name: 'runs a program', does: `require('node:child_process').spawn('true')`, what: 'starts a program' },
    { name: 'waits for a program', does: `require('node:child_process').execSync('true')`, what: 'starts a program' },
  ])('fails where it $name, even if nobody notices', ({ does, what }) => {
    const { status, lines, stderr } = runUnit('a.spec', `it('a', () => { try { ${does}; } catch {} });`);
    expect([status, lines.at(-1)]).toEqual([1, expect.stringContaining('1 failed')]);
    expect(stderr).toContain(`plugin/src/oci/a.spec.js ${what}`);
  });

  it('passes where it does neither', () => {
    expect(runUnit('a.spec', `it('a', () => {});`).lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped');
  });
});
