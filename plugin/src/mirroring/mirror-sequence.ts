/** The main job: from a planned sequence to a sealed one (design: "Mirroring one sequence"). */
import { join } from 'node:path';
import { writeUploadFiles } from '../bundle-format/upload-files';
import { checkSealed } from '../mirror/check-sealed';
import { wouldBeCached } from '../mirror/errors';
import { findSequence } from '../mirror/find-sequence';
import type { Mirror } from '../mirror/mirror';
import { forPeople, openMirror, readChain, settingsFileName } from '../mirror/mirror';
import { checkPlaceInChain } from '../mirror/place-in-chain';
import { readCommit, sealStage } from '../mirror/seal-transaction/seal-transaction';
import { withMirrorLock } from '../mirror/with-mirror-lock';
import { sealedEntry } from '../sequence/chain-lock';
import type { SequenceFolder } from '../sequence/folder';
import { isSeqmirrorError, systemErrorCode } from '../system/errors';
import { isCI } from '../system/repository-commands';
import { diskFull } from '../system/system-errors';
import { refusedInCi } from './errors';
import { mirrorAndSeal } from './mirror-and-seal';
import type { MirrorOutcome, MirrorSequenceOptions, SealedOutcome } from './outcome';
import { planSequence } from './plan/plan';

/**
 * Mirrors one sequence, or finds that it is sealed and does nothing. Can be stopped at any moment and run again.
 *
 * @throws SEQ0208, SEQ0209 when it must not start; SEQ0203 while another run goes on; SEQ0701 when the disk is or
 *   becomes too small; and the errors of its parts
 *
 * @example
 * ```ts
 * const outcome = await mirrorSequence({ ...run, location, folder: 'seq2-add-logging', dryRun: false, refresh: false });
 * console.log(outcome.kind); // sealed, or already-sealed
 * ```
 */
export async function mirrorSequence(options: MirrorSequenceOptions): Promise<MirrorOutcome> {
  const { location } = options;
  const mirror = await openMirror(location);
  const sealed = await sealedOutcome(mirror, options.folder);
  if (sealed !== undefined) {
    if (!options.dryRun) await writeUploadFiles(mirror);
    return sealed;
  }
  const chain = await readChain(mirror);
  const sequence = findSequence(mirror, chain, options.folder);
  if (options.cachedByNx === true) {
    // Nx caches a sequence with records. If chain.lock has no line for it, that is the problem.
    await checkPlaceInChain(mirror, chain, sequence);
    throw wouldBeCached({ folder: sequence.folder });
  }
  if (options.dryRun) return planSequence(mirror, sequence, options);
  if (isCI(location.env) && mirror.settings.ci !== 'allow') {
    const settingsFile = forPeople(mirror, join(mirror.root, settingsFileName));
    throw refusedInCi({ folder: sequence.folder, settingsFile });
  }
  return withMirrorLock(mirror, { purpose: sequence.folder, ...options }, async () => {
    // Another run may have sealed it while this one waited, or recovery has just finished it.
    const outcome = (await sealedOutcome(mirror, options.folder)) ?? (await sealing(mirror, sequence, options));
    await writeUploadFiles(mirror);
    return outcome;
  });
}

/** `undefined` if there is work to do: it isn't sealed, or a run was killed while sealing it. */
async function sealedOutcome(mirror: Mirror, folder: string): Promise<MirrorOutcome | undefined> {
  const chain = await readChain(mirror);
  const { number } = findSequence(mirror, chain, folder);
  const entry = sealedEntry(chain.lock, number);
  if (entry?.folder !== folder) return undefined;
  if ((await readCommit(sealStage(mirror.data, folder))) !== undefined) return undefined;
  return { kind: 'already-sealed', folder, metadata: await checkSealed(mirror, chain, entry) };
}

async function sealing(
  mirror: Mirror,
  sequence: SequenceFolder,
  options: MirrorSequenceOptions,
): Promise<SealedOutcome> {
  try {
    return await mirrorAndSeal(mirror, sequence, options);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOSPC' || isSeqmirrorError(error)) throw error;
    throw diskFull({ folder: mirror.data.root, cause: error });
  }
}
