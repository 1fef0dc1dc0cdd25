/**
 * Which files of a volume are whole already, while it is being written: `.seqmirror-bundle.json` beside it. A file
 * counts only after it was read back, since a medium may have lost what was written just before it was pulled out. A
 * journal that this account did not write does not count at all: whoever had the medium meanwhile could plant files
 * with it, which our signature would cover. So each is bound by a MAC, as a stage is.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { HashPool } from '../../archive/hashing/hashing';
import type { WrittenFile } from '../../archive/write-archive';
import { hexOf } from '../../oci/digest';
import { writeFileAtomically } from '../../system/atomic-file';
import type { Json } from '../../system/canonical-json';
import { removeFile } from '../../system/change-folder';
import { valueOfJson } from '../../system/json-text';
import { isOwnMac, macOf } from '../../system/operator-key';
import { below, readableRoot, entryAt } from '../../system/path-below';
import { readTextIfThere } from '../../system/text-file';
import type { BundleFile } from '../../volumes/bundle-file';

export const journalFile = '.seqmirror-bundle.json';

const Journal = z.strictObject({
  plan: z.string(),
  made: z.string(),
  files: z.record(z.string(), z.strictObject({ bytes: z.number(), sha256: z.string() })),
  mac: z.string().optional(),
});
type Journal = z.infer<typeof Journal>;

export interface VolumeJournal {
  readonly made: string;
  /** A file that is there and was proven. */
  kept(file: BundleFile): WrittenFile | undefined;
  add(path: string, written: WrittenFile): Promise<void>;
  remove(): Promise<void>;
}

/** The journal that an earlier run of the same plan left, with the entries that are still true; else a new one. */
export async function openJournal(
  root: string,
  { plan, made, keyFile }: { plan: string; made: string; keyFile: string },
  { pool, signal }: { pool: HashPool; signal: AbortSignal },
): Promise<VolumeJournal> {
  const path = below(readableRoot(root), journalFile);
  const before = readJournal(await readTextIfThere(path, { limit: 64 * 1024 ** 2 }));
  const isSame = before?.plan === plan && (await isOurs(before, keyFile));
  const journal: Journal = { plan, made: isSame ? before.made : made, files: {} };
  if (isSame) {
    for (const [name, written] of Object.entries(before.files)) {
      if (await isAsWritten(join(root, name), written, { pool, signal })) journal.files[name] = written;
    }
  }
  const kept = new Map(Object.entries(journal.files));
  const write = async (): Promise<void> => {
    const mac = await macOf(keyFile, purpose, boundValue(journal));
    await writeFileAtomically(path, JSON.stringify({ ...journal, mac }));
  };
  await write();
  return {
    made: journal.made,
    kept: ({ path: name, bytes }) => {
      const written = kept.get(name);
      return written?.bytes === bytes ? written : undefined;
    },
    add: async (name, written) => {
      if (kept.has(name)) return;
      journal.files[name] = { bytes: written.bytes, sha256: written.sha256 };
      await write();
    },
    remove: () => removeJournal(root),
  };
}

const purpose = 'seqmirror bundle journal 1';

function boundValue({ plan, made, files }: Journal): Json {
  return { plan, made, files };
}

async function isOurs(journal: Journal, keyFile: string): Promise<boolean> {
  const { mac } = journal;
  return mac !== undefined && isOwnMac(keyFile, { purpose, value: boundValue(journal), mac });
}

/** Removes what a run that was killed just before its end left in a volume that is whole. */
export function removeJournal(root: string): Promise<void> {
  return removeFile(below(readableRoot(root), journalFile));
}

function readJournal(text: string | undefined): Journal | undefined {
  return text === undefined ? undefined : Journal.safeParse(valueOfJson(text)).data;
}

/** Whether a file is there with the length and the bytes that were written. */
export async function isAsWritten(
  path: string,
  { bytes, sha256 }: { bytes?: number | undefined; sha256: string },
  { pool, signal }: { pool: HashPool; signal: AbortSignal },
): Promise<boolean> {
  // Does not follow a link, which on its way would lead nowhere.
  const entry = entryAt(path);
  const found = entry?.isFile() === true ? entry.size : undefined;
  if (found === undefined || (bytes !== undefined && found !== bytes)) return false;
  const digest = await pool.digestOf(path, [{ offset: 0, bytes: found }], { signal });
  return hexOf(digest) === sha256;
}
