/**
 * What a report says of a chain beyond its lists of sequences and sites: what is new in each sequence, what was sent to
 * whom, and who signed chain.lock. From the records in the repository alone, so that the same records give the same report
 * everywhere: no clock, no store, no registry. Called by `report`; stands on the records of the chain and of its sites.
 */
import { isReleaseImage, versionOfTag } from '../release/release-images';
import type { HeadMove } from '../mirror/changes/changes';
import { movesSince, recordedHeads } from '../mirror/changes/changes';
import { checkSealed } from '../mirror/check-sealed';
import type { CheckedRecords } from '../mirror/checked-records';
import { openCheckedRecords, questionAbout } from '../mirror/checked-records';
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain, requireSoundLock } from '../mirror/mirror';
import { readCustodyIfThere, readInventory } from '../mirror/records';
import { sealedUpTo } from '../mirror/sealed-chain';
import type { Transfer } from '../mirror/sites/sites';
import { readTransfers, siteFolders } from '../mirror/sites/sites';
import type { ChainEntry } from '../sequence/chain-lock';
import type { Custody } from '../sequence/custody';
import type { ImageSummary } from '../sequence/images';
import type { SequenceMetadata } from '../sequence/metadata';
import type { RecordedSignature } from './recorded-signatures';
import { recordedSignatures } from './recorded-signatures';

/** What the records say of a chain and its transfers. */
export interface ReportedChain {
  /** The mirror's Nx project. */
  readonly mirror: string;
  /** The id in seqmirror.yaml. */
  readonly id: string;
  /** Signatures beside chain.lock. Nobody checks them here: `validate` does. */
  readonly signatures: readonly RecordedSignature[];
  /** From 1 on, in order. */
  readonly sequences: readonly SequenceOnRecord[];
  /** Sorted by id. */
  readonly transfers: readonly TransferOnRecord[];
}

/** A sealed sequence as its records describe it. */
export interface SequenceOnRecord {
  readonly entry: ChainEntry;
  readonly metadata: SequenceMetadata;
  /** `undefined`: nothing is recorded. */
  readonly custody: Custody | undefined;
  readonly news: SequenceNews;
}

/** What a sequence changed against the one before. */
export interface SequenceNews {
  /** Sources of images. */
  readonly images: ImageSummary;
  /** Versions of OpenShift. */
  readonly releases: { readonly added: readonly string[]; readonly dropped: readonly string[] };
  /** Channels of operators whose head is another version. */
  readonly heads: readonly HeadMove[];
}

/** A bundle that was sent, with its state at each of its sites. */
export interface TransferOnRecord {
  readonly transfer: Omit<Transfer, 'state'>;
  readonly states: readonly { readonly site: string; readonly state: Transfer['state'] }[];
  /** The number of its head; `undefined` where this chain does not have that seal. */
  readonly head: number | undefined;
  /** Numbers of the sequences that a site must have before: one of each list. */
  readonly needs: readonly (readonly number[])[];
}

/**
 * Proves that the records are what was sealed, and tells what they say.
 *
 * @throws the errors of chain.lock and of `checkSealed`, SEQ021x for records of transfers
 *
 * @example
 * ```ts
 * const { sequences } = await reportedChain(location);
 * console.log(sequences.at(-1)?.news.images.added);
 * ```
 */
export async function reportedChain(location: MirrorLocation): Promise<ReportedChain> {
  const mirror = await openMirror(location);
  const chain = await readChain(mirror);
  requireSoundLock(chain);
  const records = await openCheckedRecords(mirror);
  const sequences: SequenceOnRecord[] = [];
  for (const entry of sealedUpTo(mirror, chain)) {
    const metadata = await checkSealed(mirror, chain, entry, { records });
    const custody = await readCustodyIfThere(mirror, entry.folder);
    const releases = await releasesIn(mirror, entry.folder, records);
    const before = sequences.at(-1)?.metadata;
    sequences.push({
      entry,
      metadata,
      custody,
      news: { images: metadata.changes, releases, ...movesOf(metadata, before) },
    });
  }
  await records.keep();
  const sent: SentToSite[] = [];
  for (const site of await siteFolders(mirror)) sent.push({ site, transfers: await readTransfers(mirror, site) });
  return {
    mirror: mirror.name,
    id: mirror.settings.id,
    signatures: await recordedSignatures(mirror),
    sequences,
    transfers: transfersOf(sent, sequences),
  };
}

/** Releases that come and go, by the inventory of the sequence alone. */
async function releasesIn(mirror: Mirror, folder: string, records: CheckedRecords): Promise<SequenceNews['releases']> {
  const question = questionAbout(mirror, folder, { what: 'releases', names: ['inventory'] });
  return records.answerTo(question, async () => {
    const payloads = (await readInventory(mirror, folder)).images.filter(isReleaseImage);
    const versions = (change: 'added' | 'removed'): Set<string> =>
      new Set(payloads.filter((image) => image.change === change).map(({ tag }) => versionOfTag(tag)));
    const [added, removed] = [versions('added'), versions('removed')];
    return {
      added: [...added].filter((version) => !removed.has(version)),
      dropped: [...removed].filter((version) => !added.has(version)),
    };
  });
}

function movesOf(now: SequenceMetadata, before: SequenceMetadata | undefined): Pick<SequenceNews, 'heads'> {
  const stateOf = (metadata: SequenceMetadata | undefined) => ({
    operators: recordedHeads(metadata?.provenance.operators),
    images: [],
    catalogs: [],
  });
  return { heads: movesSince(stateOf(before), stateOf(now)).heads };
}

interface SentToSite {
  readonly site: string;
  readonly transfers: readonly Transfer[];
}

/** Each site has a record of its own of a bundle for several sites. */
function transfersOf(sent: readonly SentToSite[], sequences: readonly SequenceOnRecord[]): TransferOnRecord[] {
  const numbers = new Map(sequences.map(({ entry }) => [entry.seal, entry.number]));
  const found = new Map<string, TransferOnRecord>();
  for (const { site, transfers } of sent)
    for (const { state, ...transfer } of transfers) {
      const known = found.get(transfer.id);
      const needs = transfer.needs.map((need) => [need].flat().flatMap((seal) => numbers.get(seal) ?? []));
      const head = numbers.get(transfer.head.seal);
      found.set(transfer.id, {
        ...(known ?? { transfer, head, needs }),
        states: [...(known?.states ?? []), { site, state }],
      });
    }
  const numberOf = ({ transfer }: TransferOnRecord): number => Number(transfer.id.slice(1));
  return [...found.values()].sort((one, other) => numberOf(one) - numberOf(other));
}
