/**
 * The report on a mirror as plain data, for the renderers and for `--json`: put together from the lists of sequences and
 * sites and from the records. Nothing in it depends on the day or the machine: the same records make the same report.
 */
import type { SequenceListing } from '../chain/list-sequences';
import type { BundleKind } from '../mirror/sites/sites';
import type { RecordedSignature } from '../reporting/recorded-signatures';
import type { ReportedChain, SequenceNews, SequenceOnRecord, TransferOnRecord } from '../reporting/reported-chain';
import type { SitesStatus, SiteStanding } from '../sites/site-status';
import { sumOfBytes } from '../system/byte-size';

/** The report on a mirror: `nx run mirror:report`. */
export interface MirrorReport {
  /** The mirror's Nx project. */
  readonly mirror: string;
  /** The id in seqmirror.yaml. */
  readonly mirrorId: string;
  /** The newest date in the records, UTC; missing for a mirror without records. */
  readonly recordsUpTo?: string | undefined;
  readonly totals: ReportTotals;
  /** Signatures that lie beside chain.lock. This report does not check them. */
  readonly signatures: readonly RecordedSignature[];
  /** Sealed sequences, in order. */
  readonly sequences: readonly ReportedSequence[];
  /** Sorted by name. */
  readonly sites: readonly ReportedSite[];
  /** Sorted by id. */
  readonly transfers: readonly ReportedTransfer[];
}

export interface ReportTotals {
  /** Bytes of the archives of the whole chain. */
  readonly archiveBytes: number;
  /** Bytes of the same sequences as complete archives. */
  readonly completeArchivesBytes: number;
  /** What the chain saves against them. */
  readonly savedBytes: number;
  /** Bytes of the archives that a site without anything needs. */
  readonly newSiteBytes: number;
  /** Sites that have the newest sequence. */
  readonly sitesUpToDate: number;
}

export interface ReportedSequence {
  readonly number: number;
  readonly folder: string;
  readonly description: string;
  /** The time of the seal, in UTC. */
  readonly timestamp: string;
  readonly seal: string;
  readonly type: 'baseline' | 'differential';
  /** The sequences whose archives it needs: `seq1`. */
  readonly needs: readonly string[];
  /** Number of images, signatures not counted. */
  readonly images: number;
  /** Bytes of its own archives. */
  readonly bytes: number;
  /** Bytes of a complete archive of this sequence. */
  readonly completeBytes: number;
  readonly archives: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly news: SequenceNews;
  readonly provenance: {
    readonly engine: string;
    readonly engineVersion: string;
    readonly seqmirror: string;
    /** Whether every registry was reached by TLS that was verified. */
    readonly tlsVerified: boolean;
    /** The key that the release signatures were verified by; missing: not recorded. */
    readonly releaseSignatureKey?: string | undefined;
    /** Whether other tools made its archives. */
    readonly adopted: boolean;
    /** Images that could not be mirrored, and that `allowMissing` named. */
    readonly missing: readonly string[];
  };
  /** Missing: nothing is recorded. */
  readonly custody?: ReportedCustody | undefined;
}

export interface ReportedCustody {
  readonly state: 'held' | 'retired' | 'lost';
  /** `verified`: the day on which every byte of the copy was checked. */
  readonly copies: readonly { readonly where: string; readonly verified?: string | undefined }[];
  readonly note?: string | undefined;
}

export interface ReportedSite {
  readonly site: string;
  /** How it acknowledges. */
  readonly receipts: 'file' | 'code' | 'none';
  /** What it has acknowledged last; missing: nothing. */
  readonly head?:
    | { readonly number: number; readonly confidence: 'assumed' | 'attested' | 'proven'; readonly at: string }
    | undefined;
  /** What it lacks of the newest sequence. */
  readonly lag: { readonly sequences: number; readonly blobs: number; readonly bytes: number };
  readonly onTheWay: readonly {
    readonly id: string;
    readonly head: number;
    /** UTC. */
    readonly made: string;
    /** The day by which the receipt should be here; missing for a site that sends none. */
    readonly due?: string | undefined;
  }[];
}

export interface ReportedTransfer {
  readonly id: string;
  readonly kind: BundleKind;
  readonly states: readonly { readonly site: string; readonly state: 'sent' | 'acknowledged' | 'lost' }[];
  readonly head: {
    readonly folder: string;
    readonly seal: string;
    /** Missing where this chain does not have that seal. */
    readonly number?: number | undefined;
  };
  /** Numbers of sequences that a site must have before: one of each list. */
  readonly needs: readonly (readonly number[])[];
  /** When the bundle was finished, UTC. */
  readonly made: string;
  readonly bytes: number;
  /** `sha256` is that of the volume's SHA256SUMS. */
  readonly volumes: readonly { readonly label: string; readonly bytes: number; readonly sha256: string }[];
}

/** Puts a report together. */
export function mirrorReport({
  listing,
  status,
  chain,
}: {
  readonly listing: SequenceListing;
  readonly status: SitesStatus;
  readonly chain: ReportedChain;
}): MirrorReport {
  const sequences = chain.sequences.map((sequence) => reportedSequence(sequence, listing));
  const sites = status.sites.map(reportedSite);
  const transfers = chain.transfers.map(reportedTransfer);
  const last = listing.sequences.findLast(({ sealed }) => sealed !== undefined)?.sealed;
  return {
    mirror: chain.mirror,
    mirrorId: chain.id,
    recordsUpTo: newestOf(chain, status),
    totals: {
      archiveBytes: listing.archiveBytes,
      completeArchivesBytes: listing.completeArchivesBytes,
      savedBytes: Math.max(0, listing.completeArchivesBytes - listing.archiveBytes),
      newSiteBytes: last?.cumulativeBytes ?? 0,
      sitesUpToDate: sites.filter(({ lag }) => lag.sequences === 0).length,
    },
    signatures: chain.signatures,
    sequences,
    sites,
    transfers,
  };
}

function reportedSequence(
  { entry, metadata, custody, news }: SequenceOnRecord,
  { sequences }: SequenceListing,
): ReportedSequence {
  const { images, provenance } = metadata;
  const sealed = sequences.find(({ folder }) => folder === entry.folder)?.sealed;
  return {
    number: entry.number,
    folder: entry.folder,
    description: metadata.description,
    timestamp: metadata.timestamp,
    seal: entry.seal,
    type: metadata.content_type,
    needs: metadata.air_gapped_transfer.dependencies,
    images: images.release + images.operator + images.additional + images.helm,
    bytes: sumOfBytes(metadata.archives),
    completeBytes: sealed?.closureBytes ?? 0,
    archives: metadata.archives.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
    news,
    provenance: {
      engine: provenance.engine,
      engineVersion: provenance.engine_version,
      seqmirror: provenance.seqmirror,
      tlsVerified: provenance.tls_verified,
      releaseSignatureKey: provenance.release_signature_key,
      adopted: metadata.adopted === true,
      missing: provenance.missing ?? [],
    },
    custody: custody && {
      state: custody.state,
      copies: custody.copies.map(({ where, verified }) => ({ where, verified })),
      note: custody.note,
    },
  };
}

function reportedSite({ site, receipts, head, lag, inTransit }: SiteStanding): ReportedSite {
  return {
    site,
    receipts,
    head: head && { number: head.number, confidence: head.confidence, at: head.at },
    lag,
    onTheWay: inTransit.map(({ id, head: its, made, due }) => ({ id, head: its, made, due })),
  };
}

function reportedTransfer({ transfer, states, head, needs }: TransferOnRecord): ReportedTransfer {
  return {
    id: transfer.id,
    kind: transfer.kind,
    states,
    head: { folder: transfer.head.folder, seal: transfer.head.seal, number: head },
    needs,
    made: transfer.made,
    bytes: sumOfBytes(transfer.volumes),
    volumes: transfer.volumes.map(({ label, bytes, sha256 }) => ({ label, bytes, sha256 })),
  };
}

function newestOf({ sequences, transfers }: ReportedChain, { sites }: SitesStatus): string | undefined {
  const dates = [
    ...sequences.map(({ metadata }) => metadata.timestamp),
    ...sites.flatMap(({ head }) => head?.at ?? []),
    ...transfers.map(({ transfer }) => transfer.made),
  ];
  return dates.sort().at(-1);
}
