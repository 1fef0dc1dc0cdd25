import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isThere } from '../../system/files';
import { startProgram } from '../../system/process';
import { identityOfProcess, processLives } from '../../system/process-identity';
import { clearMark, endLeftover, noteProcess, setMark } from './running-mark';

describe('the mark of a running oc-mirror', () => {
  let folder: string;
  let mark: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seqmirror-'));
    mark = join(folder, 'running.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reports no kill if there was none', async () => {
    await setMark(mark);
    await clearMark(mark);
    expect(await isThere(mark)).toBe(false);
    expect(await endLeftover(mark)).toEqual({ killed: false });
  });

  it.each(['{}\n', '', 'half a li', '{"process":{"pid":-1}}'])('reports a kill whatever it says: %j', async (text) => {
    await writeFile(mark, text);
    expect(await endLeftover(mark)).toEqual({ killed: true });
  });

  it('ends the program that it names', async () => {
    const program = await startProgram(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { env: {} });
    program.stdout.resume();
    program.stderr.resume();
    const identity = await identityOfProcess(program.pid);
    await setMark(mark);
    await noteProcess(mark, program.pid);
    expect(await endLeftover(mark)).toEqual({ killed: true });
    expect(identity !== undefined && (await processLives(identity))).toBe(false);
    await program.ended;
  });

  it('spares another program that has the same number now', async () => {
    await writeFile(mark, JSON.stringify({ process: { pid: process.pid, started: 'an earlier boot 12' } }));
    expect(await endLeftover(mark)).toEqual({ killed: true });
  });
});
