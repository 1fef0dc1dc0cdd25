/** What monitoring wants to know besides the lists of sequences and sites: custody, and how long runs took here. */
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain } from '../mirror/mirror';
import { readCustodyIfThere } from '../mirror/records';
import type { RunTime } from '../mirror/run-times';
import { runTimesOf } from '../mirror/run-times';
import { sealedEntries } from '../sequence/chain-lock';
import type { Custody } from '../sequence/custody';
import { writeFileAtomically } from '../system/atomic-file';
import { inReadableFolder } from '../system/path-below';

/** What is known of a mirror's operation beyond its chain and sites. */
export interface OperationFacts {
  readonly custody: readonly CustodyOfSequence[];
  /** The runs that ended on this machine, in order; short ones are not noted. */
  readonly runs: readonly RunTime[];
}

/** Who has the archives of a sealed sequence. */
export interface CustodyOfSequence {
  readonly number: number;
  readonly folder: string;
  /** `undefined`: nothing is recorded; the archives are held where they were made. */
  readonly custody: Custody | undefined;
}

/**
 * Custody of the sealed sequences, in order, and the runs on this machine.
 *
 * @throws SEQ021x for a custody.yaml that cannot be read
 *
 * @example
 * ```ts
 * const { runs } = await operationFacts(location);
 * console.log(runs.length);
 * ```
 */
export async function operationFacts(location: MirrorLocation): Promise<OperationFacts> {
  const mirror = await openMirror(location);
  return { custody: await custodyIn(mirror), runs: await runTimesOf(mirror) };
}

async function custodyIn(mirror: Mirror): Promise<CustodyOfSequence[]> {
  const { lock } = await readChain(mirror);
  return Promise.all(
    sealedEntries(lock).map(async ({ number, folder }) => ({
      number,
      folder,
      custody: await readCustodyIfThere(mirror, folder),
    })),
  );
}

/**
 * Writes a text that other programs read, such as node_exporter: they find the old one or the new one, and may read it
 * though they run under another account.
 *
 * @param file an absolute path, anywhere
 *
 * @example
 * ```ts
 * await writeReport('/var/lib/node_exporter/seqmirror.prom', '# a text of mine\n');
 * ```
 */
export async function writeReport(file: string, text: string): Promise<void> {
  await writeFileAtomically(inReadableFolder(file), text);
}
