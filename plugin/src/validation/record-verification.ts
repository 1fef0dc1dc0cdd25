/** Records in custody.yaml which copies were found sound, and chooses those to check next. */
import { locateArchives } from '../mirror/locate-archives';
import type { Mirror } from '../mirror/mirror';
import { readCustodyIfThere, writeCustody } from '../mirror/records';
import type { Run } from '../mirror/run';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import type { Custody } from '../sequence/custody';
import { dueForVerification, withSampledCopy, withVerifiedCopy } from '../sequence/custody';
import { dateOf } from '../sequence/one-line';
import { sumOfBytes } from '../system/byte-size';
import { collectError } from '../system/collect-error';
import { renderExplanation } from '../system/errors';
import type { SequenceRecord } from './sequence-record';

/**
 * Records for each of these sequences that its copy, or a sample of it, was sound today. If the mirror is locked, for
 * instance by a run that seals, it only reports that: the verdict matters more than the record.
 *
 * @returns the folders whose custody.yaml says so now
 */
export async function recordVerification(
  mirror: Mirror,
  checked: readonly { readonly folder: string; readonly isSample: boolean }[],
  { where, ...run }: Run & { where: string },
): Promise<readonly string[]> {
  if (checked.length === 0) return [];
  const date = dateOf(run.now());
  const { finding } = await collectError(() =>
    withMirrorLock(mirror, { purpose: 'record what was validated', ...run }, async () => {
      for (const { folder, isSample } of checked) {
        const withCopy = isSample ? withSampledCopy : withVerifiedCopy;
        const custody = withCopy(await readCustodyIfThere(mirror, folder), { where, date });
        await writeCustody(mirror, folder, custody);
      }
    }),
  );
  if (finding === undefined) return checked.map(({ folder }) => folder);
  run.progress.note(`custody.yaml was not changed: ${renderExplanation(finding)}`);
  return [];
}

/** What a sample reads. */
export interface SampleOfChain {
  /** With the bytes to read of each; `undefined`: all. */
  readonly due: ReadonlyMap<SequenceRecord, number | undefined>;
  /** Bytes of all archives that are here. */
  readonly bytes: number;
}

/**
 * Chooses, of the sequences whose archives are here, those whose copy was not checked for the longest time, up to a
 * share of all bytes. The last of them is checked as far as the share goes.
 */
export async function sampleOf(
  sequences: readonly SequenceRecord[],
  { share, where }: { share: number; where: string },
): Promise<SampleOfChain> {
  const copies = await Promise.all(
    sequences.map(async (sequence) => {
      const { mirror, entry, metadata, custody } = sequence;
      if (metadata === undefined) return [];
      const { presence } = await locateArchives(mirror, entry.folder, metadata);
      const bytes = sumOfBytes(metadata.archives);
      return presence === 'here' ? [{ sequence, bytes, verified: checkedOn(custody, where) }] : [];
    }),
  );
  const all = copies.flat();
  const total = sumOfBytes(all);
  let left = Math.floor(total * share);
  const due = new Map<SequenceRecord, number | undefined>();
  for (const { sequence, bytes } of dueForVerification(all, share)) {
    due.set(sequence, bytes <= left ? undefined : left);
    left = Math.max(0, left - bytes);
  }
  return { due, bytes: total };
}

/** The last day on which any of its bytes were checked. */
function checkedOn(custody: Custody | undefined, where: string): string | undefined {
  const copy = custody?.copies.find((each) => each.where === where);
  return [copy?.verified, copy?.sampled]
    .filter((date) => date !== undefined)
    .sort()
    .at(-1);
}
