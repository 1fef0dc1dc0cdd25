/** Notes in custody.yaml which copies were found sound, and chooses those whose turn it is. */
import { locateArchives } from '../mirror/locate-archives';
import type { Mirror } from '../mirror/mirror';
import { sequencePath, inTree } from '../mirror/mirror';
import { readCustodyIfThere, recordNames } from '../mirror/records';
import type { Run } from '../mirror/run';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import type { Custody } from '../sequence/custody';
import { dueForVerification, renderCustody, withVerifiedCopy } from '../sequence/custody';
import { writeFileAtomically } from '../system/atomic-file';
import { collectError } from '../system/collect-error';
import { renderExplanation } from '../system/errors';
import type { SequenceRecord } from './sequence-record';

/** The name in custody.yaml of what lies in the data directory. */
export const storeCopy = 'store';

/**
 * Writes for each of these sequences that its copy was sound today. A mirror that is locked meanwhile, by a run that
 * seals for instance, is left alone, and that is said: the verdict is worth more than the note.
 *
 * @returns the folders whose custody.yaml says so now
 */
export async function recordVerification(
  mirror: Mirror,
  folders: readonly string[],
  { where, ...run }: Run & { where: string },
): Promise<readonly string[]> {
  if (folders.length === 0) return [];
  const date = run.now().toISOString().slice(0, 10);
  const { finding } = await collectError(() =>
    withMirrorLock(mirror, { purpose: 'noting what was validated', ...run }, async () => {
      for (const folder of folders) {
        const custody = withVerifiedCopy(await readCustodyIfThere(mirror, folder), { where, date });
        await writeFileAtomically(
          inTree(mirror, sequencePath(mirror, folder, recordNames.custody)),
          renderCustody(custody),
        );
      }
    }),
  );
  if (finding === undefined) return folders;
  run.progress.note(`custody.yaml was not changed: ${renderExplanation(finding)}`);
  return [];
}

/**
 * Of the sequences whose archives are here, those whose copy was not checked for the longest time, up to a share of all
 * bytes.
 */
export async function sequencesDue(
  sequences: readonly SequenceRecord[],
  { share, where }: { share: number; where: string },
): Promise<SequenceRecord[]> {
  const copies = await Promise.all(
    sequences.map(async (sequence) => {
      const { mirror, entry, metadata, custody } = sequence;
      if (metadata === undefined) return [];
      const { presence } = await locateArchives(mirror, entry.folder, metadata);
      const bytes = metadata.archives.reduce((sum, archive) => sum + archive.bytes, 0);
      return presence === 'here' ? [{ sequence, bytes, verified: verifiedOn(custody, where) }] : [];
    }),
  );
  const due = new Set(dueForVerification(copies.flat(), share).map(({ sequence }) => sequence));
  return sequences.filter((sequence) => due.has(sequence));
}

function verifiedOn(custody: Custody | undefined, where: string): string | undefined {
  return custody?.copies.find((copy) => copy.where === where)?.verified;
}
