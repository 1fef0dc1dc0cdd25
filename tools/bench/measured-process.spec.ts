import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureProcess } from './measured-process';

const mebibyte = 1024 ** 2;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seqmirror-measured-'));
});
afterEach(() => rm(folder, { recursive: true }));

function node(program: string, signal = new AbortController().signal) {
  return measureProcess(process.execPath, ['-e', program], { cwd: folder, env: process.env, signal });
}

describe('measureProcess', () => {
  it('counts what the program and its own children hand to write calls', async () => {
    const child = `require('node:child_process').execFileSync('dd', ['if=/dev/zero', 'of=two', 'bs=1M', 'count=2'], { stdio: 'ignore' })`;
    const { writtenBytes } = await node(`require('node:fs').writeFileSync('one', Buffer.alloc(${mebibyte})); ${child}`);
    expect(writtenBytes).toBeGreaterThanOrEqual(3 * mebibyte);
    expect(writtenBytes).toBeLessThan(4 * mebibyte);
  });

  it('sees memory that is gone again before the end', async () => {
    const wait = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)';
    const { peakBytes } = await node(`Buffer.alloc(${100 * mebibyte}, 1); ${wait}`);
    expect(peakBytes).toBeGreaterThan(100 * mebibyte);
  });

  it('throws the end of what a failing program said', async () => {
    await expect(node("console.error('no such image'); process.exitCode = 3")).rejects.toThrow(
      /ended with 3:\n[^]*no such image/,
    );
  });

  it('ends the whole group when it is stopped', async () => {
    const stop = new AbortController();
    const running = node(
      "require('node:fs').writeFileSync('started', ''); setInterval(() => undefined, 1000)",
      stop.signal,
    );
    while (!(await readdir(folder)).includes('started')) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
  });
});
