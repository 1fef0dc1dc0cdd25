/** Checks whether sealed sequences are still what was sealed, for as many of a mirror's sequences as the caller names. */
import { writeUploadFiles } from '../bundle-format/upload-files';
import { checkSealed } from '../mirror/check-sealed';
import type { CheckedRecords } from '../mirror/checked-records';
import { openCheckedRecords } from '../mirror/checked-records';
import { wouldBeCached } from '../mirror/errors';
import { findSequence } from '../mirror/find-sequence';
import type { Chain, Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain } from '../mirror/mirror';
import { checkPlaceInChain } from '../mirror/place-in-chain';
import { sealedEntry } from '../sequence/chain-lock';
import type { SequenceMetadata } from '../sequence/metadata';

/** What `checkSequences` found of one folder: that it is sealed and unchanged, or why not. */
export type SequenceCheck =
  | { readonly kind: 'already-sealed'; readonly folder: string; readonly metadata: SequenceMetadata }
  | { readonly kind: 'refused'; readonly folder: string; readonly error: unknown };

/**
 * Checks the intent and records of sealed sequences against their seals and chain.lock. Archives are not looked at, no
 * lock is taken, and a run that was killed while it cleared up after sealing is not a reason to refuse.
 *
 * @param options.folders the sequences' folders: `seq2-add-logging`
 * @returns one result for each folder, in that order; a refusal is the error of `checkSealed`, or says why the sequence
 *   is not sealed
 * @throws SEQ0170 when seqmirror.yaml breaks a rule, SEQ0702 when it cannot be read
 *
 * @example
 * ```ts
 * const [check] = await checkSequences({ location, folders: ['seq2-add-logging'] });
 * if (check?.kind === 'refused') console.log(check.error);
 * ```
 */
export async function checkSequences({
  location,
  folders,
}: {
  readonly location: MirrorLocation;
  readonly folders: readonly string[];
}): Promise<SequenceCheck[]> {
  const mirror = await openMirror(location);
  const chain = await readChain(mirror);
  const records = await openCheckedRecords(mirror);
  const checks: SequenceCheck[] = [];
  for (const folder of folders) {
    try {
      checks.push({ kind: 'already-sealed', folder, metadata: await checkOne(mirror, chain, { folder, records }) });
    } catch (error) {
      checks.push({ kind: 'refused', folder, error });
    }
  }
  await records.keep();
  await writeUploadFiles(mirror);
  return checks;
}

async function checkOne(
  mirror: Mirror,
  chain: Chain,
  { folder, records }: { readonly folder: string; readonly records: CheckedRecords },
): Promise<SequenceMetadata> {
  const sequence = findSequence(mirror, chain, folder);
  const entry = sealedEntry(chain.lock, sequence.number);
  if (entry?.folder === folder) return checkSealed(mirror, chain, entry, { records });
  // Nx takes a sequence with records for sealed. If chain.lock has no line for it, that is the problem.
  await checkPlaceInChain(mirror, chain, sequence);
  throw wouldBeCached({ folder });
}
