import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seqmirror-runtime-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const swc = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
};

/** Runs two spec files, one after the other in one process; each has `./counter` at hand. */
function run(first: string, second: string) {
  writeFileSync(join(folder, 'counter.ts'), counter);
  writeFileSync(join(folder, 'a.spec.ts'), first);
  writeFileSync(join(folder, 'b.spec.ts'), second);
  const config = JSON.stringify({
    rootDir: folder,
    testMatch: ['**/*.spec.ts'],
    moduleFileExtensions: ['ts', 'js'],
    runtime: join(__dirname, 'runtime.cjs'),
    transform: { '\\.ts$': [require.resolve('@swc/jest'), swc] },
  });
  const args = [require.resolve('jest/bin/jest'), `--config=${config}`, '-i'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return { status, stderr };
}

const counter = `
interface State {
  loads: number;
}

export const state: State = { loads: 0 };
state.loads += 1;

export function fail(): never {
  throw new Error('it broke');
}
`;

const loadsOnce = `
import { state } from './counter';
it('loads a module once', () => {
  expect(state).toEqual({ loads: 1 });
  expect(require('./counter').state).toBe(state);
});
`;

describe('modules that a worker keeps', () => {
  it('run again in each spec file', () => {
    expect(run(loadsOnce, loadsOnce)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('2 passed, 2 total'),
    });
  });

  it('do not keep a spec file from replacing one, nor the next from having the real one', () => {
    const replaces = `
      jest.mock('./counter', () => ({ state: { loads: 7 } }));
      import { state } from './counter';
      it('has its own', () => expect(state).toEqual({ loads: 7 }));`;
    const bothPass = { status: 0, stderr: expect.stringContaining('2 passed, 2 total') };
    expect(run(replaces, loadsOnce)).toMatchObject(bothPass);
    expect(run(loadsOnce, replaces)).toMatchObject(bothPass);
  });

  it('do not keep a spec file from loading one once more', () => {
    const isolates = `
      import { state } from './counter';
      it('has another', () => {
        jest.isolateModules(() => expect(require('./counter').state).not.toBe(state));
        jest.resetModules();
        expect(require('./counter').state).not.toBe(state);
      });`;
    expect(run(loadsOnce, isolates)).toMatchObject({ status: 0 });
  });

  it('name the line of the source where they fail, in the first spec file and in the next', () => {
    const fails = `
      import { fail } from './counter';
      it('fails', () => fail());`;
    const { status, stderr } = run(fails, fails);
    expect(status).toBe(1);
    expect(stderr.match(/at fail \(counter\.ts:10:9\)/g)).toHaveLength(2);
    expect(stderr).toMatch(/\(b\.spec\.ts:3:\d+\)/);
  });

  it('that cannot be read are named with their line', () => {
    const broken = `it('is cut off', () => {`;
    const { status, stderr } = run(broken, loadsOnce);
    expect(status).toBe(1);
    expect(stderr).toContain('1 failed, 1 passed, 2 total');
    expect(stderr).toContain('a.spec.ts');
  });
});
