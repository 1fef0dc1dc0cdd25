/**
 * Uploads a sequence to a site whose registry can be reached from here, and records in its ledger what is proven there.
 */
import type { Acknowledgement, Ground, ProvableSequence } from '../bundle-format/acknowledgement';
import { acknowledgeReceipt } from '../bundle-format/acknowledgement';
import { provableChain } from '../bundle-format/provable-chain';
import { parseReceipt, receiptSha256, renderReceipt } from '../bundle-format/receipt/receipt';
import { findSequence } from '../mirror/find-sequence';
import { forPeople, openMirror, readChain, inTree } from '../mirror/mirror';
import type { LedgerEntry } from '../mirror/sites/sites';
import { headOfLedger, readSite, siteNames, sitePath, siteProjectName, writeLedger } from '../mirror/sites/sites';
import { timestampOf } from '../sequence/one-line';
import { writeFileAtomically } from '../system/atomic-file';
import { seqmirrorVersion } from '../system/package-version';
import { notSealedForUpload, siteWithoutRegistry } from './errors';
import type { UploadOptions, UploadOutcome } from './upload-sequence';
import { uploadSequence } from './upload-sequence';

/** The options of `uploadToSite`. */
export interface SiteUploadOptions extends Omit<UploadOptions, 'registry'> {
  readonly site: string;
  /** Default: the one in site.yaml. */
  readonly registry?: string | undefined;
}

/** What `uploadToSite` uploaded, and the new state of the site's ledger. */
export type SiteUploadOutcome = UploadOutcome & {
  readonly site: {
    readonly name: string;
    /** Its Nx project. */
    readonly project: string;
    /** The number of the head in the ledger before; 0 if the site had no sequence. */
    readonly from: number;
    /** The new entry of the sequence in the ledger; `undefined` after a dry run. */
    readonly entry: LedgerEntry | undefined;
    /** `false` if the ledger already had this entry. */
    readonly changed: boolean;
    /** The path of the receipt that the ledger names. */
    readonly receipt: string | undefined;
  };
};

/**
 * Uploads everything that the site lacks of a sequence. When its registry has confirmed every image, it writes a
 * receipt of the answers and acknowledges with it, as with one that came back from the site. The receipt is written
 * before the ledger names it.
 *
 * @throws SEQ0611 for a site that does not exist, SEQ0650 for one without a registry, SEQ0619 for a sequence before its
 *   head,
 *   SEQ0648 when the registry does not confirm what was uploaded, and the errors of uploadSequence
 *
 * @example
 * ```ts
 * const sequence = { location, folder: 'seq2-add-logging' };
 * await uploadToSite({ ...run, ...sequence, site: 'bravo', engine: 'auto', force: false, dryRun: false });
 * ```
 */
export async function uploadToSite(options: SiteUploadOptions): Promise<SiteUploadOutcome> {
  const { site: name, folder, location } = options;
  const mirror = await openMirror(location);
  const known = await readSite(mirror, name);
  const registry = options.registry ?? known.site.registry;
  const project = siteProjectName(mirror, name);
  if (registry === undefined) throw siteWithoutRegistry({ site: name, project });
  const { number } = findSequence(mirror, await readChain(mirror), folder);
  const chain = await provableChain(mirror);
  const own = chain.find(({ entry }) => entry.folder === folder);
  if (own === undefined) throw notSealedForUpload({ mirror: mirror.name, number, folder });
  const acknowledged = () =>
    proven({ ...known, chain, mirror: mirror.name, project, at: timestampOf(options.now()) }, own);
  // An upload that could not be recorded afterwards is not begun.
  acknowledged();

  const maxNestedPaths = options.maxNestedPaths ?? known.site.maxNestedPaths;
  const outcome = await uploadSequence({ ...options, registry, maxNestedPaths });
  const facts = { name, project, from: headOfLedger(known.ledger)?.sequence ?? 0 };
  if (options.dryRun) return { ...outcome, site: { ...facts, entry: undefined, changed: false, receipt: undefined } };
  const { entry, ledger, changed, text } = acknowledged();
  if (!changed) return { ...outcome, site: { ...facts, entry, changed, receipt: undefined } };
  const file = sitePath(mirror, name, siteNames.receipts, `seq${number}.receipt`);
  await writeFileAtomically(inTree(mirror, file), text);
  await writeLedger(mirror, name, ledger);
  return { ...outcome, site: { ...facts, entry, changed, receipt: forPeople(mirror, file) } };
}

/** The ledger after the registry has confirmed the sequence, and the receipt that says so. */
function proven(
  ground: Ground,
  { entry: { number, seal }, verified, images }: ProvableSequence,
): Pick<Acknowledgement, 'entry' | 'ledger' | 'changed'> & { readonly text: string } {
  const { site, ledger, at } = ground;
  const text = renderReceipt({
    site: site.name,
    sequence: number,
    seal,
    bundle: '-',
    verified,
    images,
    // An oc-mirror that ran here has its cache here too; nothing is known about one at the site.
    held_in: 'registry',
    when: at,
    tool: `seqmirror ${seqmirrorVersion()}`,
  });
  // This side asked the registry itself and sends nothing, so no transfer is needed.
  const asked = { ...ground, transfers: [] };
  const facts = { sha256: receiptSha256(text), confidence: 'proven' } as const;
  const acknowledgement = acknowledgeReceipt(asked, parseReceipt(text, 'receipt'), facts);
  const before = ledger.entries.find((entry) => entry.seal === seal);
  // A later receipt would differ only in its time.
  if (before?.confidence === 'proven' && before.held_in !== 'cache')
    return { entry: before, ledger, changed: false, text };
  return { ...acknowledgement, text };
}
