/** A bundle that expires: the uploader and the script use their machine's clock, and mention its time. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Lab } from '../../../testing/lab/lab';
import { startLab } from '../../../testing/lab/lab';
import { describeWith } from '../../../testing/lab/requirements';
import { bundled } from '../../../testing/worlds/bundling';
import { aSignedMirror } from '../../../testing/worlds/signing';
import type { World } from '../../../testing/worlds/world';
import { startUpstream, ubi } from '../../../testing/worlds/world';
import { silentProgress } from '../system/progress';
import { runUploader } from './program';

const exec = promisify(execFile);
jest.setTimeout(240_000);

describeWith(['ssh-keygen'], 'a bundle that expires', () => {
  let upstream: Lab;
  let registry: Lab;
  let world: World;
  const disk = (...names: string[]) => join(world.root, 'disk', ...names);

  beforeAll(async () => {
    upstream = await startUpstream();
    registry = await startLab({ images: [] });
    world = await aSignedMirror(upstream, { 'seq1-baseline': [ubi] });
    await bundled(world, 'seq1-baseline', { expires: '30d' });
    await mkdir(join(world.root, 'site'));
    await copyFile(join(world.root, 'mirror/allowed_signers'), join(world.root, 'site/allowed_signers'));
  });
  afterAll(async () => {
    await world?.remove();
    await registry?.stop();
    await upstream?.stop();
  });

  // Made on 2026-11-24T07:00:00Z, for thirty days.
  const uploaded = async (clock: string) => {
    const said: string[] = [];
    const notes: string[] = [];
    registry.journal.clear();
    const code = await runUploader({
      columns: 1000,
      args: [`--registry=${registry.registry.host}`, `--output=${join(world.root, 'output')}`, '--insecure'],
      env: { HOME: join(world.root, 'home') },
      here: disk(),
      cwd: world.root,
      progress: { ...silentProgress, note: (text: string) => void notes.push(text), stop: () => undefined },
      signal: new AbortController().signal,
      now: () => new Date(clock),
      stdout: (text) => void said.push(text),
      stderr: (text) => void said.push(text),
    });
    await rm(join(world.root, 'output'), { recursive: true, force: true });
    return { code, said: said.join(''), notes, asked: registry.journal.entries.length };
  };

  it.each(['2026-12-24T07:00:00Z', '2031-01-01T00:00:00Z'])(
    'is not uploaded at %s, and no registry is asked',
    async (at) => {
      const { code, said, asked } = await uploaded(at);
      expect([code, asked]).toEqual([4, 0]);
      expect(said).toContain(`SEQ0655 This bundle expired at 2026-12-24T07:00:00Z`);
      expect(said.replace(/\s+/g, ' ')).toContain(`the clock of this machine says ${at}`);
      expect(said.replace(/\s+/g, ' ')).toContain(
        'Next: If the clock of this machine is wrong, set it. If not, ask the sender for a new bundle',
      );
      expect(said).not.toContain('--allow-older');
    },
  );

  it.each([
    { at: '2026-12-24T06:59:59Z', notes: [] },
    { at: '2026-11-24T06:59:59Z', notes: [expect.stringMatching(/One of the two clocks is wrong/) as string] },
  ])('is uploaded at $at', async ({ at, notes }) => {
    const outcome = await uploaded(at);
    expect([outcome.said, outcome.code]).toEqual([expect.stringContaining('seq1'), 0]);
    expect(outcome.notes).toEqual(notes);
  });

  /** The script's output with a clock that stands still: date is the only program that it asks. */
  const checked = async (clock: string) => {
    const bin = join(world.root, 'bin');
    await mkdir(bin, { recursive: true });
    const { stdout: date } = await exec('sh', ['-c', 'command -v date']);
    const text = `#!/bin/sh\ncase $* in '-u +%Y-%m-%dT%H:%M:%SZ') echo ${clock} ;; *) exec ${date.trim()} "$@" ;; esac\n`;
    await writeFile(join(bin, 'date'), text, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
    return exec('sh', [disk('seq-upload.sh'), 'check', `--site-dir=${join(world.root, 'site')}`], { env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );
  };

  it.each([
    {
      at: '2026-12-24T07:00:00Z',
      code: 4,
      says: /the medium has expired: it was good until 2026-12-24T07:00:00Z[^]*this machine's clock says 2026-12-24T07:00:00Z[^]*if the clock is wrong, set it/,
    },
    { at: '2026-12-24T06:59:59Z', code: 0, says: /^$/ },
    {
      at: '2026-11-24T06:59:59Z',
      code: 0,
      says: /^Warning: this machine's clock says 2026-11-24T06:59:59Z, and the medium was made on 2026-11-24T07:00:00Z: one of two clocks is wrong/,
    },
  ])('is checked by the script at $at: exit $code', async ({ at, code, says }) => {
    expect(await checked(at)).toMatchObject({ code, stderr: says });
  });

  it('does not last longer if somebody changes the date that was signed', async () => {
    const statement = await readFile(disk('bundle-statement.env'), 'utf8');
    await writeFile(disk('bundle-statement.env'), statement.replace(/^expires=.*$/m, 'expires=2099-01-01T00:00:00Z'));
    expect(await checked('2026-11-25T07:00:00Z')).toMatchObject({
      code: 4,
      stderr: /signature of bundle-statement.env/,
    });
    await writeFile(disk('bundle-statement.env'), statement);
  });
});
