import type { MirrorLocation } from '../mirror/mirror';
import { openMirror, readChain } from '../mirror/mirror';
import { openCheckedRecords } from '../mirror/checked-records';
import type { Confidence, HeldIn, KnownSite, Ledger, ReceiptHabit, Site, Transfer } from '../mirror/sites/sites';
import {
  entriesOutside,
  headWithin,
  ledgerBy,
  readSite,
  siteFolders,
  siteProjectName,
  transferBytes,
} from '../mirror/sites/sites';
import type { UnfinishedWork } from '../mirror/unfinished-work';
import { unfinishedWorkIn } from '../mirror/unfinished-work';
import type { ChainEntry } from '../sequence/chain-lock';
import { dateOf } from '../sequence/one-line';
import type { Finding } from '../system/errors';
import { findingOf, isSeqmirrorError } from '../system/errors';
import type { Lacking } from './chain-on-record';
import { chainOnRecord } from './chain-on-record';

/** The state of one site compared with the chain. */
export interface SiteStanding {
  readonly site: string;
  readonly receipts: ReceiptHabit;
  /** The last sequence that the site has acknowledged. */
  readonly head:
    | {
        readonly number: number;
        readonly seal: string;
        readonly confidence: Confidence;
        readonly heldIn: HeldIn;
        readonly at: string;
      }
    | undefined;
  readonly lag: {
    /** The number of sealed sequences after the head of the site. */
    readonly sequences: number;
    /** The number of blobs of the last sequence that the site lacks. */
    readonly blobs: number;
    readonly bytes: number;
  };
  /** Transfers that were sent, are not acknowledged, and are newer than the head. */
  readonly inTransit: readonly TransferInTransit[];
  /** Seals that the site has acknowledged, but that this chain does not have. */
  readonly unknownSeals: readonly string[];
  /** The command that brings the site up to date; `undefined` if there is nothing to do. */
  readonly next: string | undefined;
}

/** A bundle that was sent and is not acknowledged. */
export interface TransferInTransit {
  readonly id: string;
  readonly head: number;
  readonly bytes: number;
  readonly made: string;
  readonly days: number;
  /** The day by which the receipt should be here, `2026-12-23`; missing for sites that send none. */
  readonly due?: string | undefined;
  /** Whether the receipt is overdue, according to site.yaml. Always `false` for sites that send no receipts. */
  readonly overdue: boolean;
}

/** The result of `siteStatus`: the state of each site compared with the chain. */
export interface SitesStatus {
  readonly mirror: string;
  /** The last sealed sequence, which an up-to-date site has. */
  readonly chainHead: { readonly number: number; readonly folder: string; readonly bytes: number } | undefined;
  readonly sites: readonly SiteStanding[];
  /** Problems of sites whose files cannot be read. */
  readonly problems: readonly Finding[];
  /** Unfinished work of stopped runs in the data directory. Empty if the command named a site. */
  readonly unfinished: readonly UnfinishedWork[];
}

/** The options of `siteStatus`. */
export interface SiteStatusOptions {
  readonly location: MirrorLocation;
  /** Default: all sites of the mirror. */
  readonly site?: string | undefined;
  readonly now: () => Date;
}

/**
 * The status of a mirror's sites, from records alone. A site with broken files is a finding among the others; if it was
 * the only one asked for, its error is thrown.
 *
 * @example
 * ```ts
 * const { sites } = await siteStatus({ location, now: run.now });
 * for (const { site, lag } of sites) console.log(site, lag.bytes);
 * ```
 */
export async function siteStatus({ location, site, now }: SiteStatusOptions): Promise<SitesStatus> {
  const mirror = await openMirror(location);
  const records = await openCheckedRecords(mirror);
  const chain = await chainOnRecord(mirror, records);
  const sites: SiteStanding[] = [];
  const problems: Finding[] = [];
  for (const name of site === undefined ? await siteFolders(mirror) : [site]) {
    try {
      const known = await readSite(mirror, name);
      const lacking = await chain.lackingAt(known);
      sites.push(standingOf(known, { ...chain, lacking, now: now(), project: siteProjectName(mirror, name) }));
    } catch (error) {
      if (site !== undefined || !isSeqmirrorError(error)) throw error;
      problems.push(findingOf(error));
    }
  }
  const head = await chain.head();
  await records.keep();
  return {
    mirror: mirror.name,
    chainHead: head,
    sites,
    problems,
    unfinished: site === undefined ? await unfinishedWorkIn(mirror, await readChain(mirror)) : [],
  };
}

/** Pure: the status of a site against a chain at a time. */
export function standingOf(
  { site, ledger, transfers }: KnownSite,
  { entries, lacking, now, project }: { entries: readonly ChainEntry[]; lacking: Lacking; now: Date; project: string },
): SiteStanding {
  const last = entries.at(-1)?.number ?? 0;
  const head = headOf(ledger, entries);
  // The sequences that a bundle would rely on.
  const reliedOn = ledgerBy(ledger, site.rely_on);
  const countedHead = headWithin(reliedOn, entries)?.sequence ?? 0;
  const lag = { sequences: entries.filter(({ number }) => number > countedHead).length, ...lacking };
  const inTransit = inTransitTo(site, { transfers, after: head?.number ?? 0, now });
  return {
    site: site.name,
    receipts: site.receipts,
    head,
    lag,
    inTransit,
    unknownSeals: entriesOutside(ledger, entries).map(({ seal }) => seal),
    next: nextCommand(site, { lag: lag.sequences, inTransit, last, transfers, project }),
  };
}

/** Transfers that may still arrive and would bring the site up to date. */
export function inTransitTo(
  site: Pick<Site, 'receipts' | 'overdue_after_days'>,
  { transfers, after, now }: { transfers: readonly Transfer[]; after: number; now: Date },
): TransferInTransit[] {
  return transfers
    .filter(({ state, head }) => state === 'sent' && head.number > after)
    .map((transfer) => {
      const days = Math.max(0, Math.floor((now.getTime() - Date.parse(transfer.made)) / 86_400_000));
      return {
        id: transfer.id,
        head: transfer.head.number,
        bytes: transferBytes(transfer),
        made: transfer.made,
        days,
        due: site.receipts === 'none' ? undefined : dayAfter(transfer.made, site.overdue_after_days),
        overdue: site.receipts !== 'none' && days > site.overdue_after_days,
      };
    });
}

function dayAfter(timestamp: string, days: number): string {
  return dateOf(new Date(Date.parse(timestamp) + days * 86_400_000));
}

function nextCommand(
  { receipts, assume_after: enough }: Site,
  facts: {
    lag: number;
    inTransit: readonly TransferInTransit[];
    last: number;
    transfers: readonly Transfer[];
    project: string;
  },
): string | undefined {
  const { lag, inTransit, last, transfers, project } = facts;
  if (lag === 0) return undefined;
  const newest = inTransit.filter(({ head }) => head === last);
  const bundle = `nx run ${project}:bundle --output=<folder>`;
  if (newest.length === 0 || newest.every(({ overdue }) => overdue)) return bundle;
  if (receipts !== 'none') {
    return `nx run ${project}:acknowledge ${receipts === 'file' ? '--receipt=<file>' : '--code=<code>'}`;
  }
  const sendings = transfers.filter(({ head, state }) => head.number === last && state !== 'lost').length;
  return sendings >= enough ? `nx run ${project}:acknowledge --assume` : bundle;
}

function headOf(ledger: Ledger, entries: readonly ChainEntry[]): SiteStanding['head'] {
  const entry = headWithin(ledger, entries);
  if (entry === undefined) return undefined;
  const { sequence: number, seal, confidence, held_in: heldIn, at } = entry;
  return { number, seal, confidence, heldIn, at };
}
