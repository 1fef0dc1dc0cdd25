/** The folder of a site, `sites/<name>/`: site.yaml, ledger.yaml and transfers/, read and written. */
import { join } from 'node:path';
import { writeFileAtomically } from '../../system/atomic-file';
import { namesIn } from '../../system/files';
import { readText, readTextIfThere } from '../../system/text-file';
import type { Mirror } from '../mirror';
import { forPeople, inTree } from '../mirror';
import { didYouMean } from '../../system/did-you-mean';
import { noSuchSite, siteNameRefused } from './errors';
import type { Ledger } from './ledger';
import { emptyLedger, parseLedger, renderLedger } from './ledger';
import type { Site } from './site';
import { parseSite, requireSiteName } from './site';
import type { Transfer } from './transfer-record';
import { nextTransferId, parseTransfer, renderTransfer } from './transfer-record';

export const siteNames = {
  folder: 'sites',
  site: 'site.yaml',
  ledger: 'ledger.yaml',
  transfers: 'transfers',
  receipts: 'receipts',
  signers: 'allowed_signers',
} as const;

/** A site with its records. */
export interface KnownSite {
  readonly site: Site;
  readonly ledger: Ledger;
  /** Sorted by id. */
  readonly transfers: readonly Transfer[];
}

/** The Nx project of a site, for commands in messages. */
export function siteProjectName(mirror: { readonly name: string }, site: string): string {
  return `${mirror.name}-site-${site}`;
}

export function sitePath(mirror: Mirror, site: string, ...names: readonly string[]): string {
  return join(mirror.root, siteNames.folder, site, ...names);
}

/** Names of the folders in sites/ that have a site.yaml, sorted. */
export async function siteFolders(mirror: Mirror): Promise<string[]> {
  const folders = await namesIn(join(mirror.root, siteNames.folder));
  const found = await Promise.all(
    folders.map(async (folder) => (await namesIn(sitePath(mirror, folder))).includes(siteNames.site)),
  );
  return folders.filter((_, index) => found[index]).sort();
}

/**
 * One site, its ledger and its transfers.
 *
 * @throws SEQ0611 if there is no site of that name, SEQ0612 or SEQ0610 if it cannot be a site, SEQ021x for records
 */
export async function readSite(mirror: Mirror, name: string): Promise<KnownSite> {
  const known = await siteFolders(mirror);
  if (!known.includes(name)) throw noSuchSite({ name, known, mirror: mirror.name, meant: didYouMean(name, known) });
  requireSiteName(name);
  const file = sitePath(mirror, name, siteNames.site);
  const site = parseSite(await readText(inTree(mirror, file)), forPeople(mirror, file));
  if (site.name !== name) throw siteNameRefused({ folder: name, name: site.name });
  return { site, ledger: await readLedger(mirror, name), transfers: await readTransfers(mirror, name) };
}

export async function readLedger(mirror: Mirror, site: string): Promise<Ledger> {
  const file = sitePath(mirror, site, siteNames.ledger);
  const text = await readTextIfThere(inTree(mirror, file));
  return text === undefined ? emptyLedger : parseLedger(text, forPeople(mirror, file));
}

export async function writeLedger(mirror: Mirror, site: string, ledger: Ledger): Promise<void> {
  await writeFileAtomically(inTree(mirror, sitePath(mirror, site, siteNames.ledger)), renderLedger(ledger));
}

export async function readTransfers(mirror: Mirror, site: string): Promise<Transfer[]> {
  const folder = sitePath(mirror, site, siteNames.transfers);
  const files = (await namesIn(folder)).filter((name) => /^T\d{4,6}\.yaml$/.test(name)).sort(byNumber);
  return Promise.all(
    files.map(async (name) => {
      const file = join(folder, name);
      return parseTransfer(await readText(inTree(mirror, file)), forPeople(mirror, file));
    }),
  );
}

/** Writes a transfer for each of its sites. */
export async function writeTransfer(mirror: Mirror, transfer: Transfer): Promise<void> {
  for (const site of transfer.sites) await writeTransferOf(mirror, site, transfer);
}

/** Writes a transfer as it stands for one of its sites: its state is that of this site. */
export async function writeTransferOf(mirror: Mirror, site: string, transfer: Transfer): Promise<void> {
  await writeFileAtomically(
    inTree(mirror, sitePath(mirror, site, siteNames.transfers, `${transfer.id}.yaml`)),
    renderTransfer(transfer),
  );
}

/** The id for the next bundle of this mirror, whichever sites it is for. */
export async function nextTransfer(mirror: Mirror): Promise<string> {
  const taken = await Promise.all(
    (await namesIn(join(mirror.root, siteNames.folder))).map((site) =>
      namesIn(sitePath(mirror, site, siteNames.transfers)),
    ),
  );
  return nextTransferId(taken.flat().map((name) => name.replace(/\.yaml$/, '')));
}

function byNumber(a: string, b: string): number {
  return Number.parseInt(a.slice(1), 10) - Number.parseInt(b.slice(1), 10);
}
