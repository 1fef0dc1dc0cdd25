/**
 * A mark that an oc-mirror is running: written before its start, completed with its process, removed when it ended and
 * its archives were taken over. A mark found at the start means that a run was killed, and perhaps that its oc-mirror
 * still writes into the cache.
 */
import { z } from 'zod';
import { writeFileAtomically } from '../../system/atomic-file';
import { removeFile } from '../../system/change-folder';
import { inPrivateFolder } from '../../system/path-below';
import { endProcess, identityOfProcess, ProcessIdentity } from '../../system/process-identity';
import { readText } from '../../system/text-file';
import { leftoverRuns } from './errors';

const RunningMark = z.strictObject({ process: ProcessIdentity.optional() });

/** Writes the mark, before the start. */
export async function setMark(path: string): Promise<void> {
  await writeFileAtomically(inPrivateFolder(path), `${JSON.stringify({})}\n`);
}

/** Records which process it is. */
export async function noteProcess(path: string, pid: number): Promise<void> {
  const identity = await identityOfProcess(pid);
  if (identity !== undefined)
    await writeFileAtomically(inPrivateFolder(path), `${JSON.stringify({ process: identity })}\n`);
}

export async function clearMark(path: string): Promise<void> {
  await removeFile(inPrivateFolder(path));
}

/**
 * Whether a run was killed here. If its oc-mirror still runs, that is ended first.
 *
 * @throws SEQ0406 when it cannot be ended
 */
export async function endLeftover(path: string): Promise<{ killed: boolean }> {
  let text: string;
  try {
    text = await readText(inPrivateFolder(path));
  } catch {
    return { killed: false };
  }
  const leftover = parseMark(text)?.process;
  if (leftover !== undefined && !(await endProcess(leftover))) throw leftoverRuns({ pid: leftover.pid });
  return { killed: true };
}

function parseMark(text: string): z.infer<typeof RunningMark> | undefined {
  try {
    return RunningMark.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
