import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isThere } from '../../system/files';
import type { RunningProgram } from '../../system/process';
import { startProgram } from '../../system/process';
import type { ProcessIdentity } from '../../system/process-identity';
import { identityOfProcess, processLives } from '../../system/process-identity';
import type { MarkPlace } from './running-mark';
import { clearMark, endLeftover, noteProcess, setMark } from './running-mark';

describe('the mark of a running oc-mirror', () => {
  let root: string;
  let mark: MarkPlace;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'seqmirror-'));
    const folder = join(root, 'stage');
    await mkdir(folder);
    mark = { path: join(root, 'running.json'), folder, keyFile: join(root, 'config', 'operator.key') };
  });
  afterEach(() => rm(root, { recursive: true }));

  async function started(cwd: string, args: string[]): Promise<[RunningProgram, ProcessIdentity]> {
    const waiting = ['-e', 'setTimeout(() => {}, 60000)', '--', ...args];
    const program = await startProgram(process.execPath, waiting, { env: {}, cwd });
    program.stdout.resume();
    program.stderr.resume();
    return [program, (await identityOfProcess(program.pid)) as ProcessIdentity];
  }

  it('reports no kill without a mark', async () => {
    await setMark(mark);
    await clearMark(mark.path);
    expect(await isThere(mark.path)).toBe(false);
    expect(await endLeftover(mark)).toEqual({ killed: false, isOurs: false });
  });

  it.each(['{}\n', '', 'half a li', '{"process":{"pid":-1}}'])('reports a kill whatever it says: %j', async (text) => {
    await writeFile(mark.path, text);
    expect(await endLeftover(mark)).toEqual({ killed: true, isOurs: false });
  });

  it('ends the program that it names', async () => {
    const [program, identity] = await started(mark.folder, ['--v2', '--cache-dir=../cache']);
    await setMark(mark);
    await noteProcess(mark, program.pid);
    expect(await endLeftover(mark)).toEqual({ killed: true, isOurs: true });
    expect(await processLives(identity)).toBe(false);
    await program.ended;
  });

  it('ends the program that one of an earlier version names', async () => {
    const [program, identity] = await started(mark.folder, ['--v2', '--cache-dir=../cache']);
    await writeFile(mark.path, JSON.stringify({ process: identity }));
    expect(await endLeftover(mark)).toEqual({ killed: true, isOurs: false });
    expect(await processLives(identity)).toBe(false);
    await program.ended;
  });

  it('spares another program that has the same number now', async () => {
    await writeFile(mark.path, JSON.stringify({ process: { pid: process.pid, started: 'an earlier boot 12' } }));
    expect(await endLeftover(mark)).toEqual({ killed: true, isOurs: false });
  });

  it.each([
    ['works elsewhere', () => root, ['--v2', '--cache-dir=../cache']],
    ['is no oc-mirror', () => mark.folder, ['--v2']],
  ])('spares a program of this account that a planted one names and that %s', async (_what, cwd, args) => {
    const [program, identity] = await started(cwd(), args);
    for (const text of [{ process: identity }, { note: { folder: '', process: identity } }]) {
      await writeFile(mark.path, JSON.stringify(text));
      expect(await endLeftover(mark)).toEqual({ killed: true, isOurs: false });
      expect(await processLives(identity)).toBe(true);
    }
    process.kill(program.pid);
    await program.ended;
  });

  it('is not ours in another folder, or by another key', async () => {
    await setMark(mark);
    expect(await endLeftover(mark)).toEqual({ killed: true, isOurs: true });
    expect(await endLeftover({ ...mark, keyFile: join(root, 'theirs') })).toEqual({ killed: true, isOurs: false });
    await rm(mark.folder, { recursive: true });
    await mkdir(join(root, 'between'));
    await mkdir(mark.folder);
    expect(await endLeftover(mark)).toEqual({ killed: true, isOurs: false });
  });
});
