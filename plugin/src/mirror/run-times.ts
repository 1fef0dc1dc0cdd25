/**
 * How long the last runs took on this machine: `<data>/run-times.jsonl`, one line per run. It is not a record of the
 * chain, since other machines and links have other speeds, so it stays in the data directory. Written after a sequence
 * is sealed, read by plans; unreadable lines are ignored.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { highestSequenceNumber } from '../sequence/folder';
import { Seal } from '../sequence/seal';
import { writeFileAtomically } from '../system/atomic-file';
import { systemErrorCode } from '../system/errors';
import { valueOfJson } from '../system/json-text';
import type { PathBelow } from '../system/path-below';
import { readTextIfThere } from '../system/text-file';
import { inData } from './data-directory';
import type { Mirror } from './mirror';

const RunTime = z.object({
  number: z.int().min(1).max(highestSequenceNumber),
  seal: Seal,
  engine: z.enum(['oc-mirror', 'embedded']),
  /** Bytes of the archives that it made. */
  bytes: z.int().positive(),
  /** From the start of the engine to the seal. */
  milliseconds: z.int().positive(),
});
export type RunTime = z.infer<typeof RunTime>;

/** Smaller runs end before they show how fast a link is. */
export const fewestBytes = 16 * 1024 ** 2;
const mostRuns = 50;

function fileOf({ data }: Mirror): PathBelow {
  return inData(data, join(data.root, 'run-times.jsonl'));
}

/** In the order in which the runs ended. */
export async function runTimesOf(mirror: Mirror): Promise<RunTime[]> {
  const text = (await readTextIfThere(fileOf(mirror))) ?? '';
  return text.split('\n').flatMap((line) => RunTime.safeParse(valueOfJson(line)).data ?? []);
}

/**
 * Adds a run, if it tells how fast this machine is. Call it with the mirror's lock held. The run has succeeded by then,
 * so a disk that is full now is not a failure.
 */
export async function noteRunTime(mirror: Mirror, run: RunTime): Promise<void> {
  if (run.bytes < fewestBytes) return;
  const runs = [...(await runTimesOf(mirror)), run].slice(-mostRuns);
  try {
    await writeFileAtomically(fileOf(mirror), runs.map((each) => `${JSON.stringify(each)}\n`).join(''));
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
}
