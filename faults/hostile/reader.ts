/** Watches over processes that read hostile input: a case that hangs or crashes is named, and the others go on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { compiled } from '../../testing/run/compiled';
import type { Message, Request } from './reader-process';

const longestCaseMs = 5_000;
// What waits for ever takes no time of the processor.
const longestWaitMs = 60_000;
// A process starts with 80 MiB of our code; archives of some megabytes and YAML of a hundred thousand keys
// come on top of that.
export const mostMemoryBytes = 600 * 1024 ** 2;

export interface Outcome {
  readonly subject: string;
  readonly cases: number;
  /** Cases in which something was found or refused. */
  readonly found: number;
  readonly codes: ReadonlySet<string>;
  readonly slowestMs: number;
  readonly peakBytes: number;
  readonly wrong: readonly { readonly case: number; readonly what: string }[];
}

/**
 * Gives a subject the cases with these numbers. None may take longer than `longestMs` of the processor's time, by default
 * five seconds: others may have the machine meanwhile.
 */
export async function tryCases(asked: Omit<Request, 'folder'> & { longestMs?: number }): Promise<Outcome> {
  const { longestMs = longestCaseMs, ...request } = asked;
  const { subject, from, to } = request;
  const wrong: { case: number; what: string }[] = [];
  const codes = new Set<string>();
  let [found, slowestMs, peakBytes] = [0, 0, 0];
  for (let next = from; next < to;) {
    const run = await runOnce({ ...request, from: next }, longestMs);
    wrong.push(...run.wrong);
    if (run.ended !== undefined) {
      found += run.ended.found;
      slowestMs = Math.max(slowestMs, run.ended.slowestMs);
      peakBytes = Math.max(peakBytes, run.ended.peakBytes);
      for (const code of run.ended.refusedCodes) codes.add(code);
      break;
    }
    if (run.last === undefined) throw new Error(`the process for ${subject} did not start: ${run.why}`);
    // What hangs does so again, alone.
    const again = await runOnce({ ...request, from: run.last, to: run.last + 1 }, longestMs);
    if (again.ended === undefined) wrong.push({ case: run.last, what: again.why });
    else wrong.push(...again.wrong);
    next = run.last + 1;
  }
  return { subject, cases: to - from, found, codes, slowestMs, peakBytes, wrong };
}

interface Run {
  readonly last: number | undefined;
  readonly ended: Extract<Message, { ended: number }> | undefined;
  readonly wrong: readonly { case: number; what: string }[];
  readonly why: string;
}

async function runOnce(request: Omit<Request, 'folder'>, longestMs: number): Promise<Run> {
  const parent = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'seqmirror-hostile-'));
  const folder = await mkdtemp(join(parent, 'cases-'));
  const args = [await compiled('faults/hostile/reader-process.ts'), JSON.stringify({ ...request, folder })];
  const child = spawn(process.execPath, ['--max-old-space-size=1024', ...args], {
    cwd: join(__dirname, '../..'),
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2_000)));
  const wrong: { case: number; what: string }[] = [];
  let [last, ended, began, hung] = [undefined as number | undefined, undefined as Run['ended'], 0, false];
  let usedBefore: number | undefined;
  const lines = createInterface({ input: child.stdio[3] as Readable });
  lines.on('line', (line) => {
    const message = JSON.parse(line) as Message;
    const now = performance.now();
    if ('ended' in message) ended = message;
    else if ('wrong' in message) wrong.push({ case: message.case, what: message.wrong });
    else last = message.case;
    began = now;
    usedBefore = undefined;
  });
  const watch = setInterval(() => {
    if (began === 0 || ended !== undefined) return;
    const waited = performance.now() - began;
    const used = processorMs(child.pid) ?? waited;
    usedBefore ??= used;
    if (used - usedBefore < longestMs && waited < longestWaitMs) return;
    hung = true;
    child.kill('SIGKILL');
  }, 100);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    const why = hung ? `it takes longer than ${longestMs} ms` : `the process ends with ${signal ?? code}: ${errors}`;
    if ((await readdir(parent)).length !== 1)
      wrong.push({ case: last ?? 0, what: 'something was written beside the folder' });
    return { last, ended, wrong, why };
  } finally {
    clearInterval(watch);
    child.kill('SIGKILL');
    await rm(parent, { recursive: true, force: true });
  }
}

/** The processor's time that a process has taken, in milliseconds, where the system says so: proc(5), in ticks of 10 ms. */
function processorMs(pid: number | undefined): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses, which may hold anything, is the second; these are the 14th and the 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}
