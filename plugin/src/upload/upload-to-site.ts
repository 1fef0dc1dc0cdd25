/** Uploads a sequence to a site whose registry can be reached from here, and notes in its ledger what is proven there. */
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

export interface SiteUploadOptions extends Omit<UploadOptions, 'registry'> {
  readonly site: string;
  /** Default: the one in site.yaml. */
  readonly registry?: string | undefined;
}

export type SiteUploadOutcome = UploadOutcome & {
  readonly site: {
    readonly name: string;
    /** Its Nx project. */
    readonly project: string;
    /** Head of its ledger before; 0: nothing acknowledged. */
    readonly from: number;
    /** What its ledger says of the sequence now; `undefined` after a dry run. */
    readonly entry: LedgerEntry | undefined;
    /** False where the ledger said so before. */
    readonly changed: boolean;
    /** Where the receipt was put that the ledger names. */
    readonly receipt: string | undefined;
  };
};

/**
 * Uploads all that the site lacks of a sequence, and when its registry has answered for every image, acknowledges for it
 * by a receipt of the answers, as one that came back from there. The receipt is kept before the ledger names it.
 *
 * @throws SEQ0611 for a site that there isn't, SEQ0650 for one without a registry, SEQ0619 for a sequence before its head,
 *   SEQ0648 when the registry does not answer for what was uploaded, and what uploadSequence throws
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
  // What could not be noted afterwards is not begun.
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

/** What the ledger becomes when the registry has answered for the sequence, and the receipt that says so. */
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
    // An oc-mirror that ran here has its cache here, too; of one at the site nothing is known.
    held_in: 'registry',
    when: at,
    tool: `seqmirror ${seqmirrorVersion()}`,
  });
  // This side asked the registry itself, and sends nothing: no transfer has to say so.
  const asked = { ...ground, transfers: [] };
  const facts = { sha256: receiptSha256(text), confidence: 'proven' } as const;
  const acknowledgement = acknowledgeReceipt(asked, parseReceipt(text, 'receipt'), facts);
  const before = ledger.entries.find((entry) => entry.seal === seal);
  // A receipt of later would only have another time in it.
  if (before?.confidence === 'proven' && before.held_in !== 'cache')
    return { entry: before, ledger, changed: false, text };
  return { ...acknowledgement, text };
}
