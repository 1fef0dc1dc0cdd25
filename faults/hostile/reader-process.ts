/**
 * Gives a subject its cases, in a process that may hang or crash without taking Jest along. Argument: a Request as JSON.
 * What happens is written to descriptor 3, a JSON Message a line, by calls that return when it is written: so the last
 * line tells in which case the process got stuck or died.
 */
import { readFileSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeqmirrorError } from '../../plugin/src/system/errors';
import { diceFrom } from '../../testing/lab/random';
import { linesOf, unprintableIn } from './printed';
import type { Place, Subject } from './subject';
import { allSubjects } from './subjects';

export interface Request {
  readonly subject: string;
  readonly seed: number;
  /** Numbers of the cases. */
  readonly from: number;
  readonly to: number;
  /** The working folder of this process alone, with nothing else in it. */
  readonly folder: string;
}

export type Message =
  | { readonly case: number }
  | { readonly case: number; readonly wrong: string }
  | {
      readonly ended: number;
      readonly found: number;
      readonly slowestMs: number;
      readonly refusedCodes: readonly string[];
      readonly peakBytes: number;
    };

const tell = (message: Message): void => void writeSync(3, `${JSON.stringify(message)}\n`);

async function main(): Promise<void> {
  const { subject: name, seed, from, to, folder } = JSON.parse(process.argv[2] ?? '') as Request;
  const subjects = await allSubjects(await mkdtemp(join(folder, 'made-first-')));
  for (const made of await readdir(folder)) await rm(join(folder, made), { recursive: true });
  const subject = subjects.find((known) => known.name === name);
  if (subject === undefined) throw new Error(`there is no subject ${name}`);
  const place = { folder: join(folder, 'inside'), outside: join(folder, 'escaped') };
  const codes = new Set<string>();
  let [found, slowestMs] = [0, 0];
  for (let number = from; number < to; number += 1) {
    const content = subject.hostile(diceFrom(seed, name, number), place);
    await mkdir(place.folder);
    tell({ case: number });
    const began = performance.now();
    const result = await wrongIn(subject, content, place);
    slowestMs = Math.max(slowestMs, performance.now() - began);
    if (result.wrong !== undefined) tell({ case: number, wrong: result.wrong });
    if (result.codes.length > 0) found += 1;
    for (const code of result.codes) codes.add(code);
    await rm(place.folder, { recursive: true });
  }
  tell({ ended: to, found, slowestMs, refusedCodes: [...codes].sort(), peakBytes: peakBytes() });
}

/** Our own: `maxRSS` also counts what the process that started us had. */
function peakBytes(): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
}

async function wrongIn(
  subject: Subject,
  content: Uint8Array,
  place: Place,
): Promise<{ codes: string[]; wrong?: string }> {
  try {
    const { findings, printed = [] } = await subject.read(content, place);
    const codes = findings.map(({ code }) => code);
    const beside = await readdir(join(place.folder, '..'));
    if (beside.length !== 1) {
      await rm(place.outside, { recursive: true, force: true });
      return { codes, wrong: `it wrote ${JSON.stringify(beside.sort())}` };
    }
    if ('polluted' in {}) return { codes, wrong: 'every object has got a new property' };
    const unprintable = unprintableIn([...findings.flatMap(linesOf), ...printed]);
    return unprintable === undefined ? { codes } : { codes, wrong: `it prints ${unprintable}` };
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.stack ?? error.message}` : String(error);
    return {
      codes: [],
      wrong: isSeqmirrorError(error) ? `it throws what it should return: ${text}` : `it throws ${text.slice(0, 1_000)}`,
    };
  }
}

void main();
