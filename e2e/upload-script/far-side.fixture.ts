/** A far side: a machine with its shell, a home folder, a place for media, and seq-upload.sh run there. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '../harness/run';
import { run } from '../harness/run';
import type { FakeOcMirror, Shell } from './toolbox.fixture';
import { fakeOcMirror, machineWith } from './toolbox.fixture';

export interface FarSide {
  readonly home: string;
  /** Where discs are put in. */
  readonly media: string;
  /** The one folder of its PATH. */
  readonly bin: string;
  readonly ocMirror: FakeOcMirror;
  /** Runs the script that lies in a folder. */
  script(folder: string, args?: readonly string[], options?: ScriptOptions): Promise<Outcome>;
  /** The lines of a file of the site's folder. */
  site(mirror: string, file: string): Promise<string[]>;
  close(): Promise<void>;
}

export interface ScriptOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How the script is named on the command line; default: by its absolute path. */
  readonly as?: string;
  /** What the shell is started by, as `setpriv`. */
  readonly prefix?: readonly string[];
}

export async function startFarSide(shell: Shell): Promise<FarSide> {
  const folder = await mkdtemp(join(tmpdir(), 'seqmirror-far-'));
  const { command, path } = await machineWith(shell, folder);
  const home = join(folder, 'home');
  const media = join(folder, 'media');
  for (const made of [home, media]) await mkdir(made);
  const ocMirror = await fakeOcMirror(folder, path);
  return {
    home,
    media,
    bin: path,
    ocMirror,
    script: (where, args = [], { cwd = folder, env = {}, as = join(where, 'seq-upload.sh'), prefix = [] } = {}) => {
      const [program = '', ...rest] = [...prefix, ...command, as, ...args];
      return run(program, rest, { cwd, env: { PATH: path, HOME: home, ...env } });
    },
    site: async (mirror, file) =>
      (await readFile(join(home, '.seqmirror', mirror, file), 'utf8')).split('\n').filter((line) => line !== ''),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
