/** Runs Nx as a person would type it, and shows what it prints. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DemoFailed } from './failed';

export interface NxRunner {
  /** Where the commands are typed. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

// Nx's own account of a run, and the timings at its end: without them, what seqmirror says is easier to see.
const noise = /^\s*$|^ NX +(Generating|Running|Successfully ran)|^> nx run /;
const timings = /^ {2}Run duration:|^Failed tasks:|^Nx read the output from the cache/;

/**
 * Shows the command and its output, line by line as it comes, and gives the output. The lab serves from this very
 * process, hence never a synchronous call. Comes back when every process that writes for the command has ended.
 *
 * @param options.ends whether the command is to succeed or to fail
 * @param options.shows which lines to print
 * @param options.isNext whether the command belongs to the one before, so that no empty line comes between
 * @throws DemoFailed when the command ends otherwise, the signal's reason when it was stopped
 */
export async function nx(
  args: readonly string[],
  { folder, env, signal }: NxRunner,
  { ends = 'well', shows = /./, isNext = false }: { ends?: 'well' | 'badly'; shows?: RegExp; isNext?: boolean } = {},
): Promise<string> {
  console.log(`${isNext ? '' : '\n'}   $ npx nx ${args.join(' ')}`);
  const child = spawn(process.execPath, [require.resolve('nx/bin/nx.js'), ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const lines: string[] = [];
  let shown = true;
  const take = (line: string): void => {
    lines.push(line);
    shown &&= !timings.test(line);
    if (shown && !noise.test(line) && shows.test(line)) console.log(`   ${line.trimEnd()}`);
  };
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', take);
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if ((code === 0) !== (ends === 'well')) throw new DemoFailed(`nx ${args.join(' ')} ended with ${code}`);
  return lines.join('\n');
}
