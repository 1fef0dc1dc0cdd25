import { text } from 'node:stream/consumers';
import { isSeqmirrorError } from './errors';
import { runProgram, startProgram } from './process';

const env = { PATH: process.env['PATH'] };
const node = process.execPath;

describe('runProgram', () => {
  it('passes arguments on as they are, without a shell', async () => {
    const args = ['$(id)', '; ls', '`id`', 'a b', '"', "'", '*', '\n'];
    const { stdout } = await runProgram(node, ['-p', 'JSON.stringify(process.argv.slice(1))', '--', ...args], { env });
    expect(JSON.parse(stdout)).toEqual(args);
  });

  it('gives the program the environment that it gets, and nothing else', async () => {
    process.env['SEQMIRROR_SPEC_SECRET'] = 'open sesame';
    const { stdout } = await runProgram(node, ['-p', 'Object.keys(process.env).join()'], { env: { ONLY: 'this' } });
    delete process.env['SEQMIRROR_SPEC_SECRET'];
    expect(stdout.trim()).toBe('ONLY');
  });

  it('returns the exit code, and what it printed', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 7';
    expect(await runProgram(node, ['-e', script], { env })).toEqual({
      exitCode: 7,
      signal: undefined,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('explains that a program is missing', async () => {
    const error: unknown = await runProgram('/no/such/program', [], { env }).catch((failure: unknown) => failure);
    expect(isSeqmirrorError(error) && error.code).toBe('SEQ0703');
  });

  it("ends with the signal's reason when it is stopped", async () => {
    const abort = new AbortController();
    const running = runProgram(node, ['-e', 'setInterval(() => {}, 1000)'], { env, signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 50);
    await expect(running).rejects.toThrow('enough');
  });
});

describe('startProgram', () => {
  it('lets its output be read while it runs', async () => {
    const child = await startProgram(node, ['-e', 'process.stdout.write("a"); process.stderr.write("b")'], { env });
    expect(await Promise.all([text(child.stdout), text(child.stderr)])).toEqual(['a', 'b']);
    expect(await child.ended).toEqual({ exitCode: 0, signal: undefined });
  });
});
