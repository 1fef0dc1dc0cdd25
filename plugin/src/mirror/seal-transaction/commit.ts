/**
 * commit.json: what a run is about to do, written into its stage before any of it is done, so that after a crash at any
 * point the next run can decide and finish. By then everything that is needed is in the stage or the store.
 */
import { relative, sep } from 'node:path';
import { z } from 'zod';
import { ArchiveName } from '../../archive/names';
import { parseSequenceFolder } from '../../sequence/folder';
import { Seal } from '../../sequence/seal';
import { writeFileAtomically } from '../../system/atomic-file';
import { recordSchema } from '../../yaml/schema-version';
import type { DataDirectory } from '../data-directory';
import { inData } from '../data-directory';
import { recordNames, uploadNames } from '../records';
import type { Stage } from './stage';

// Folders and files are moved and removed by these names, so only names that this program gives are accepted.
export const CommittedEntry = z
  .strictObject({ number: z.int().positive(), folder: z.string(), seal: Seal })
  .refine(({ number, folder }) => parseSequenceFolder(folder)?.number === number, 'no folder of this number');

/** The names of the files for uploading in a sequence's folder. */
export const UploadName = z.enum(uploadNames);
export type UploadName = z.infer<typeof UploadName>;

const ownNames: readonly string[] = Object.values(recordNames);
export const RecordName = z.string().refine((name) => ownNames.includes(name));

/**
 * Where a sequence comes from. This decides what is removed if its place in the chain is taken meanwhile. `in place`:
 * its archives lay in its own folder before, which may have been the only copy. `bundle`: its records are made again;
 * its archives are in the store, or nowhere. `reissued`: it is sealed already, and gets archives again.
 */
export const Origin = z.enum(['mirrored', 'renumbered', 'adopted in place', 'adopted', 'bundle', 'reissued']);
export type Origin = z.infer<typeof Origin>;

/** What was in the stage when it was committed, and by whom: see binding.ts. */
export const CommitBinding = z.strictObject({
  /** SHA-256 of records and frames in hex digits, by name. */
  files: z.record(z.string(), z.string()),
  archives: z.array(
    z.strictObject({ name: ArchiveName, bytes: z.int().nonnegative(), inode: z.string(), modified: z.string() }),
  ),
  /** Hex digits; absent if no key can be kept. */
  mac: z.string().optional(),
});
export type CommitBinding = z.infer<typeof CommitBinding>;

export const Commit = z.strictObject({
  schema: z.literal(recordSchema),
  origin: Origin,
  /** The line that chain.lock has, or will have. */
  entry: CommittedEntry,
  /** The seal before it, which must still be the last. */
  previous: Seal.nullable(),
  configSha256: z.string(),
  /** Folder within the data directory that holds its archives until they are moved; absent when none are. */
  archivesFrom: z
    .string()
    .regex(/^(?:stage|store|reissue)(?:\/[a-z0-9][a-z0-9.-]*)+$/)
    .optional(),
  /** All archives, as in its records. */
  archives: z.array(ArchiveName),
  /** Names that are removed from the store and the sequence's folder. */
  removed: z.array(ArchiveName),
  /** The same as `archivesFrom`, for the frames. The folder may be missing, as older seals have no frames. */
  framesFrom: z
    .string()
    .regex(/^(?:stage|frames|reissue)(?:\/[a-z0-9][a-z0-9.-]*)+$/)
    .optional(),
  /** Names in `records/`, in the order in which they appear; for a seal the last one makes the sequence valid. */
  records: z.array(RecordName),
  /** Names in `records/` of the files for uploading, in order. 0.1.0 wrote none. */
  uploads: z.array(UploadName).optional(),
  /** A sealed sequence whose place this takes (renumber). */
  replaces: CommittedEntry.optional(),
  /** The bytes that are committed. 0.1.0 wrote none. */
  binding: CommitBinding.optional(),
});
export type Commit = z.infer<typeof Commit>;

/** The point of no return: from here on this run or the next one finishes the work. */
export async function writeCommit({ data, commit: file }: Stage, commit: Commit): Promise<void> {
  await writeFileAtomically(inData(data, file), `${JSON.stringify(commit, null, 2)}\n`);
}

/** A path within the data directory, as it is written in commits. */
export function withinData(data: DataDirectory, path: string): string {
  return relative(data.root, path).split(sep).join('/');
}
