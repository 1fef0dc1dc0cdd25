/**
 * A mark that an oc-mirror is running: written before its start, completed with its process, removed when it ended and
 * its archives were taken over. A mark found at the start means that a run was killed, and perhaps that its oc-mirror
 * still writes into the cache. Somebody else may have planted it: it proves a run of ours only with a MAC for this
 * folder, and it never proves that a process is ours; only the process's own folder and arguments do.
 */
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { removeFile } from '../../system/change-folder';
import { isThere } from '../../system/files';
import { valueOfJson } from '../../system/json-text';
import type { NotePlace } from '../../system/own-note';
import { ifReadable, readOwnNote, writeOwnNote } from '../../system/own-note';
import { inPrivateFolder } from '../../system/path-below';
import { endProcess, identityOfProcess, ProcessIdentity, processWorksIn } from '../../system/process-identity';
import { readText } from '../../system/text-file';
import { leftoverRuns } from './errors';

export interface MarkPlace {
  readonly path: string;
  /** The folder in which oc-mirror works while the mark exists. */
  readonly folder: string;
  /** `undefined` if everybody who can write there is believed. */
  readonly keyFile: string | undefined;
}

const RunningMark = z.strictObject({ folder: z.string(), process: ProcessIdentity.optional() });
const LegacyMark = z.strictObject({ process: ProcessIdentity.optional() });

/** Writes the mark, before the start. */
export async function setMark(place: MarkPlace): Promise<void> {
  await writeOwnNote(noteOf(place), { folder: await identityOfFolder(place.folder) });
}

/** Records which process it is. */
export async function noteProcess(place: MarkPlace, pid: number): Promise<void> {
  const process = await identityOfProcess(pid);
  if (process !== undefined)
    await writeOwnNote(noteOf(place), { folder: await identityOfFolder(place.folder), process: { ...process } });
}

export async function clearMark(path: string): Promise<void> {
  await removeFile(inPrivateFolder(path));
}

/** The state that the run before left. */
export interface Leftover {
  /** It did not finish. */
  readonly killed: boolean;
  /** It was a run of this account in this folder, so what it made is believed. */
  readonly isOurs: boolean;
}

export const nothingLeft: Leftover = { killed: false, isOurs: false };

/**
 * Whether a run was killed here. If its oc-mirror still runs, that is ended first. Other processes are spared, also if
 * a planted mark names them.
 *
 * @throws SEQ0406 when it cannot be ended
 */
export async function endLeftover(place: MarkPlace): Promise<Leftover> {
  if (!(await isThere(place.path))) return nothingLeft;
  const process = await processIn(place.path);
  if (process !== undefined && (await processWorksIn(process, { folder: place.folder, argument: '--cache-dir=' }))) {
    if (!(await endProcess(process))) throw leftoverRuns({ pid: process.pid });
  }
  // A mark that cannot be read still means that a run was killed, and nothing else.
  const mark = RunningMark.safeParse(await ifReadable(readOwnNote(noteOf(place)))).data;
  return { killed: true, isOurs: mark !== undefined && mark.folder === (await identityOfFolder(place.folder)) };
}

function noteOf({ path, keyFile }: MarkPlace): NotePlace {
  return { file: inPrivateFolder(path), keyFile, purpose: 'seqmirror oc-mirror at work 1' };
}

/** The process of any mark, whoever wrote it; earlier versions wrote it without a MAC. */
async function processIn(path: string): Promise<ProcessIdentity | undefined> {
  const value = valueOfJson((await ifReadable(readText(inPrivateFolder(path)))) ?? '');
  const { note = value } = z.looseObject({ note: z.unknown() }).safeParse(value).data ?? {};
  return (RunningMark.safeParse(note).data ?? LegacyMark.safeParse(note).data)?.process;
}

/** A folder that was copied, or restored out of a backup, has another identity. */
async function identityOfFolder(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? '' : `${found.dev} ${found.ino} ${found.birthtimeNs}`;
}
