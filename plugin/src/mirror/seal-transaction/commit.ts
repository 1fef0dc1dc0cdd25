/**
 * What a run is about to make true, written into its stage before any of it is done, so that after a crash at any point
 * the next run can decide and finish. Everything that will be needed lies in the stage by then, verified and fsynced:
 *
 *   <stage>/commit.json     this
 *   <stage>/archives/       mirror_000001.tar …  (when sealing; when renumbering they are in the store already)
 *   <stage>/frames/         theirs, mirror_000001.tar.frame.gz …
 *   <stage>/records/        the texts for the sequence's folder
 */
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { parseSequenceFolder } from '../../sequence/folder';
import { Seal } from '../../sequence/seal';
import { writeFileAtomically } from '../../system/atomic-file';
import { valueOfJson } from '../../system/json-text';
import { readTextIfThere } from '../../system/text-file';
import type { DataDirectory } from '../data-directory';
import { stageFolder } from '../data-directory';
import { commitUnreadable } from '../errors';
import { recordNames } from '../records';

// Folders and files are moved by what stands here, so every name is one that this program gives.
const Entry = z
  .strictObject({ number: z.int().positive(), folder: z.string(), seal: Seal })
  .refine(({ number, folder }) => parseSequenceFolder(folder)?.number === number, 'no folder of this number');

const ownNames: readonly string[] = Object.values(recordNames);

export const Commit = z.strictObject({
  schema: z.literal('seqmirror/v1'),
  /** The line that chain.lock gets. */
  entry: Entry,
  /** The seal before it, which must still be there. */
  previous: Seal.nullable(),
  configSha256: z.string(),
  /** Folder within the data directory that becomes the store's folder. */
  archivesFrom: z.string().regex(/^(?:stage|store)(?:\/[a-z0-9][a-z0-9.-]*)+$/),
  archives: z.array(z.string().regex(/^mirror_\d{6}\.tar$/)),
  /** Folder within the data directory that becomes the folder of their frames. It may be missing, as older seals have none. */
  framesFrom: z
    .string()
    .regex(/^(?:stage|frames)(?:\/[a-z0-9][a-z0-9.-]*)+$/)
    .optional(),
  /** Names in `records/`, in the order in which they are to appear; the last one makes the sequence valid. */
  records: z.array(z.string().refine((name) => ownNames.includes(name))),
  /** A sealed sequence whose place this takes (renumber). */
  replaces: Entry.optional(),
  /**
   * Archives that were made without seqmirror; the commit then brings the configuration along. In place: they lay in the
   * sequence's own folder before, which may have been their only one. Records: made here, and made again out of a bundle.
   */
  adopts: z.enum(['in place', 'from elsewhere', 'records']).optional(),
});
export type Commit = z.infer<typeof Commit>;

const commitName = 'commit.json';

/** The point of no return: from here on the sequence will be sealed, by this run or the next one. */
export async function writeCommit(data: DataDirectory, commit: Commit): Promise<void> {
  const stage = stageFolder(data, commit.entry.folder);
  await writeFileAtomically(join(stage, commitName), `${JSON.stringify(commit, null, 2)}\n`);
}

/**
 * The commit that a killed run left in a stage; `undefined` when it had not come that far.
 *
 * @throws SEQ0211 when it is none that seqmirror wrote
 */
export async function readCommit(stage: string): Promise<Commit | undefined> {
  const text = await readTextIfThere(commitFile(stage));
  if (text === undefined) return undefined;
  const { success, data } = Commit.safeParse(valueOfJson(text));
  if (!success) throw commitUnreadable({ file: commitFile(stage), stage });
  return data;
}

export function commitFile(stage: string): string {
  return join(stage, commitName);
}

export function recordsFolder(stage: string): string {
  return join(stage, 'records');
}

export function archivesFolder(stage: string): string {
  return join(stage, 'archives');
}

/** A path within the data directory, as commits have it. */
export function withinData(data: DataDirectory, path: string): string {
  return relative(data.root, path).split(sep).join('/');
}
