/**
 * What has reached the disk, as lines of JSON: the plan's identity first, then blobs that are complete, and how many
 * bytes others had. A line is written after the archives were fsynced. The last line may be cut by a kill.
 *
 *     {"layout":"sha256:2d71…"}
 *     {"done":["sha256:0eb3…"],"partial":{"sha256:c0d7…":67108864}}
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { ArchivePlan } from '../../archive/plan';
import { Digest, digestFromHex } from '../../oci/digest';
import { writeFileAtomically, openToChange, openToAppend } from '../../system/atomic-file';
import { valueOfJson } from '../../system/json-text';
import { inPrivateFolder } from '../../system/path-below';
import { syncFolder } from '../../system/sync';
import { readTextIfThere, readBytes } from '../../system/text-file';

export interface JournalContent {
  readonly layout: Digest;
  readonly done: ReadonlySet<Digest>;
  /** Bytes from their start that were there. Their hash decides in the end, so a wrong number only costs time. */
  readonly partial: ReadonlyMap<Digest, number>;
}

export interface Journal {
  append(entry: { readonly done: readonly Digest[]; readonly partial: ReadonlyMap<Digest, number> }): Promise<void>;
  close(): Promise<void>;
}

const JournalStart = z.strictObject({ layout: Digest });
const JournalEntry = z.strictObject({ done: z.array(Digest), partial: z.record(Digest, z.int().nonnegative()) });

const fileName = 'journal.jsonl';
// Each of a million finished blobs takes 75 bytes, and half-finished ones are written again and again.
const largestJournal = 500 * 1024 ** 2;

/**
 * Two plans with the same identity have the same bytes in the same places, including blobs but not files, since files
 * are written whenever the archives are opened.
 */
export function planIdentity({ archives }: ArchivePlan): Digest {
  const hash = createHash('sha256');
  for (const { name, bytes, entries } of archives) {
    hash.update(`${name} ${bytes}\n`);
    for (const entry of entries) {
      const content = entry.kind === 'file' ? 'file' : entry.digest;
      hash.update(`${entry.name} ${content} ${entry.offset} ${entry.bytes}\n`);
    }
  }
  return digestFromHex(hash.digest('hex'));
}

/** `undefined` if there is no journal, or it cannot be trusted. */
export async function readJournal(folder: string): Promise<JournalContent | undefined> {
  const text = await readTextIfThere(inPrivateFolder(join(folder, fileName)), { limit: largestJournal });
  if (text === undefined) return undefined;
  // After the last line end comes nothing, or a line that was cut.
  const [first = '', ...rest] = text.split('\n').slice(0, -1);
  const start = JournalStart.safeParse(valueOfJson(first));
  if (!start.success) return undefined;
  const done = new Set<Digest>();
  let partial = new Map<Digest, number>();
  for (const line of rest) {
    const entry = JournalEntry.safeParse(valueOfJson(line));
    if (!entry.success) break;
    entry.data.done.forEach((digest) => done.add(digest));
    partial = new Map(Object.entries(entry.data.partial) as [Digest, number][]);
  }
  return { layout: start.data.layout, done, partial };
}

export async function beginJournal(folder: string, layout: Digest): Promise<Journal> {
  await syncFolder(folder);
  await writeFileAtomically(inPrivateFolder(join(folder, fileName)), `${JSON.stringify({ layout })}\n`);
  return resumeJournal(folder);
}

export async function resumeJournal(folder: string): Promise<Journal> {
  await cutTornLine(folder);
  const file = await openToAppend(inPrivateFolder(join(folder, fileName)));
  return {
    append: async ({ done, partial }) => {
      await file.write(`${JSON.stringify({ done, partial: Object.fromEntries(partial) })}\n`);
      await file.datasync();
    },
    close: () => file.close(),
  };
}

/** A line that a kill cut short would merge with the one that is appended. */
async function cutTornLine(folder: string): Promise<void> {
  const path = inPrivateFolder(join(folder, fileName));
  const content = await readBytes(path, { limit: largestJournal });
  const file = await openToChange(path);
  try {
    await file.truncate(content.lastIndexOf(0x0a) + 1);
  } finally {
    await file.close();
  }
}
