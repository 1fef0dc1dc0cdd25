/** Which sequences' bytes a medium has, and how custody.yaml records it. */
import { join } from 'node:path';
import { readArchiveIndex } from '../../archive/archive-index';
import { isArchiveName } from '../../archive/names';
import { bundleFileName, parseBundleRecord, bundleRecordLimit } from '../../bundle-format/bundle-yaml';
import { recordNames } from '../../mirror/records';
import type { Run } from '../../mirror/run';
import type { SealedSequence } from '../../mirror/sealed-chain';
import type { Digest } from '../../oci/digest';
import type { Custody } from '../../sequence/custody';
import { dateOf } from '../../sequence/one-line';
import { recordLimits } from '../../sequence/record-limits';
import { parseSha256Sums } from '../../sequence/sha256-sums';
import { below, readableRoot } from '../../system/path-below';
import { readText, readTextIfThere } from '../../system/text-file';
import { recordSchema } from '../../yaml/schema-version';

/** How many of the blobs that a sequence added are on a medium. */
export interface HeldOnMedium {
  readonly blobs: number;
  readonly of: number;
}

/** Judged by the headers of its archives. Archives in pieces count only once they are joined. */
export async function heldOnMedium(
  root: string,
  sequences: readonly SealedSequence[],
  { signal }: Pick<Run, 'signal'>,
): Promise<ReadonlyMap<number, HeldOnMedium>> {
  const file = join(root, recordNames.sums);
  const names = parseSha256Sums(
    await readText(below(readableRoot(root), file), { limit: recordLimits.sums }),
    file,
  ).map(({ name }) => name);
  const there = new Set<Digest>();
  for (const name of names.filter((each) => isArchiveName(each.replace(/^[A-Za-z0-9._-]+\//, '')))) {
    const { blobs } = await readArchiveIndex(join(root, name), { signal });
    for (const digest of blobs.keys()) there.add(digest);
  }
  return new Map(
    sequences.map(({ entry, inventory }) => [
      entry.number,
      { blobs: inventory.blobs.filter(({ digest }) => there.has(digest)).length, of: inventory.blobs.length },
    ]),
  );
}

/** The name by which people find it: its label, else the name of the bundle. */
export async function labelOfMedium(root: string, name: string): Promise<string> {
  const text = await readTextIfThere(below(readableRoot(root), bundleFileName), { limit: bundleRecordLimit });
  return text === undefined ? name : parseBundleRecord(text, join(root, bundleFileName)).volume.label;
}

/** Custody after records were restored: a medium with all blobs is a copy; about the rest nothing is known. */
export function custodyOnMedium(
  { blobs, of }: HeldOnMedium,
  { label, now, isUnsigned }: { label: string; now: Date; isUnsigned: boolean },
): Custody {
  const date = dateOf(now);
  const from = isUnsigned ? ', whose signature was not checked (--allow-unsigned)' : '';
  if (blobs === of) {
    return {
      schema: recordSchema,
      state: 'held',
      copies: [{ where: `bundle ${label}`, verified: date }],
      note: `Records restored from this bundle on ${date}${from}`,
    };
  }
  return {
    schema: recordSchema,
    state: 'held',
    copies: [],
    note: `Records restored on ${date} from bundle ${label}, which has ${blobs} of the ${of} blobs; no copy of the archives was known then${from}`,
  };
}
