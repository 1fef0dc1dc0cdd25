/**
 * What a site's answer changes in its ledger and its transfers. Pure: takes the answer, the ledger, the transfers and
 * the chain, and returns new ones, or an error that says why they stay as they are.
 */
import type { Confidence, HeldIn, KnownSite, Ledger, LedgerEntry, Transfer } from '../mirror/sites/sites';
import { confidences, headOfLedger, withEntry } from '../mirror/sites/sites';
import type { Digest } from '../oci/digest';
import type { ChainEntry } from '../sequence/chain-lock';
import type { Receipt } from './receipt/receipt';
import {
  codeOfNothing,
  notAssumable,
  receiptCode,
  receiptOfNothingSent,
  receiptOfOtherContent,
  receiptOfOtherSite,
  receiptOfUnknownSeal,
  receiptOutdated,
} from './receipt/receipt';

/** A sealed sequence, and the hash that a registry with all of its images gives. */
export interface ProvableSequence {
  readonly entry: ChainEntry;
  readonly verified: Digest;
  readonly images: number;
  /** The same for a bundle of an earlier version, whose images.txt lists digests without tags. */
  readonly byDigest: { readonly verified: Digest; readonly images: number };
}

export interface Ground extends KnownSite {
  readonly chain: readonly ProvableSequence[];
  readonly mirror: string;
  readonly project: string;
  /** The present time, as records write it. */
  readonly at: string;
}

export interface Acknowledgement {
  readonly entry: LedgerEntry;
  readonly ledger: Ledger;
  /** Transfers whose state changes, as they are to be written. */
  readonly transfers: readonly Transfer[];
  /** `false` if the ledger already contained everything. */
  readonly changed: boolean;
}

/**
 * Takes a receipt file. If one of the site's signers has signed it, it proves; otherwise its carrier could have written
 * it, so it only attests.
 *
 * @throws SEQ0616 to SEQ0619 for a receipt of another site, chain or content, or an outdated one, SEQ0627 for one about
 *   something that was never sent
 */
export function acknowledgeReceipt(
  ground: Ground,
  receipt: Receipt,
  { sha256, confidence }: { sha256: string; confidence: Exclude<Confidence, 'assumed'> },
): Acknowledgement {
  const { site, chain, mirror, ledger } = ground;
  if (receipt.site !== site.name) throw receiptOfOtherSite({ site: site.name, found: receipt.site, mirror });
  const known = chain.find(({ entry }) => entry.seal === receipt.seal && entry.number === receipt.sequence);
  if (known === undefined) {
    const here = chain.find(({ entry }) => entry.number === receipt.sequence)?.entry;
    throw receiptOfUnknownSeal({ sequence: receipt.sequence, seal: receipt.seal, here });
  }
  const answers = [known, known.byDigest];
  if (!answers.some(({ verified, images }) => receipt.verified === verified && receipt.images === images)) {
    const { images, verified } = receipt;
    const { folder } = known.entry;
    throw receiptOfOtherContent({ folder, images, expected: known.images, verified, wanted: known.verified });
  }
  const same = ledger.entries.find((entry) => entry.receipt === sha256);
  const isKnown = same !== undefined && confidences.indexOf(same.confidence) >= confidences.indexOf(confidence);
  if (isKnown) return { entry: same, ledger, transfers: [], changed: false };
  refuseNeverSent(ground, { entry: known.entry, bundle: receipt.bundle });
  refuseOutdated(ground, { sequence: receipt.sequence, bundle: receipt.bundle, when: receipt.when });
  return movedTo(ground, {
    known: known.entry,
    confidence,
    heldIn: receipt.held_in,
    receipt: sha256,
    transfer: ground.transfers.find(({ id }) => id === receipt.bundle),
  });
}

/**
 * Takes a typed code, which attests. Its sequence, transfer and place are found by trying all of them.
 *
 * @param code in its standard spelling
 * @throws SEQ0621 for a code that fits nothing this site can have, SEQ0619 for an outdated one
 */
export function acknowledgeCode(ground: Ground, code: string): Acknowledgement {
  const { site, chain, transfers } = ground;
  const answers = chain.flatMap(({ entry, verified, byDigest }) => [
    { entry, verified: byDigest.verified },
    { entry, verified },
  ]);
  for (const { entry, verified } of answers.reverse()) {
    const sent = transfers.filter(({ head }) => head.seal === entry.seal);
    for (const transfer of [...sent.reverse(), undefined]) {
      for (const heldIn of ['both', 'registry', 'cache'] as const) {
        const bundle = transfer?.id ?? '-';
        if (receiptCode({ site: site.name, seal: entry.seal, bundle, verified, held_in: heldIn }) !== code) continue;
        refuseNeverSent(ground, { entry, bundle });
        const known = ground.ledger.entries.find(({ seal }) => seal === entry.seal);
        // A code has no time: if the ledger has an entry since a rollback, the code is assumed to be for it.
        if (known === undefined) refuseOutdated(ground, { sequence: entry.number, bundle, when: undefined });
        return movedTo(ground, { known: entry, confidence: 'attested', heldIn, receipt: undefined, transfer });
      }
    }
  }
  throw codeOfNothing({ code, site: site.name, sequences: chain.length, transfers: transfers.length });
}

/**
 * Nothing comes back over a diode: a sequence that was sent often enough counts as delivered.
 *
 * @throws SEQ0622 for a site that answers, and for a sequence that was not sent often enough
 */
export function acknowledgeBySendings(ground: Ground): Acknowledgement {
  const { site, chain, transfers, ledger, project } = ground;
  const enough = site.assume_after;
  const facts = { site: site.name, project, enough };
  if (site.receipts !== 'none') throw notAssumable({ ...facts, why: 'answers', number: undefined, sendings: 0 });
  const counted = transfers.filter(({ state, made }) => state !== 'lost' && made >= (lastRollback(ground) ?? ''));
  const sendings = (seal: string) => counted.filter(({ head }) => head.seal === seal).length;
  const head = headOfLedger(ledger)?.sequence ?? 0;
  const sent = chain.filter(({ entry }) => entry.number >= head && sendings(entry.seal) > 0).reverse();
  const newest = sent[0]?.entry;
  const found = sent.find(({ entry }) => sendings(entry.seal) >= enough);
  if (found === undefined || (found.entry.number === head && newest !== found.entry)) {
    const times = newest === undefined ? 0 : sendings(newest.seal);
    throw notAssumable({ ...facts, why: 'not sent often enough', number: newest?.number, sendings: times });
  }
  const { entry } = found;
  const transfer = counted.filter(({ head: of }) => of.seal === entry.seal).at(-1);
  return movedTo(ground, { known: entry, confidence: 'assumed', heldIn: 'registry', receipt: undefined, transfer });
}

interface Move {
  readonly known: ChainEntry;
  readonly confidence: Confidence;
  readonly heldIn: HeldIn;
  readonly receipt: string | undefined;
  readonly transfer: Transfer | undefined;
}

/**
 * Better knowledge is not replaced by worse, and an upload into one place takes nothing out of the other: only
 * `rollback --cache` does that.
 */
function movedTo({ ledger, at }: Ground, move: Move): Acknowledgement {
  const { known, confidence, receipt, transfer } = move;
  const before = ledger.entries.find(({ seal }) => seal === known.seal);
  const heldIn = before === undefined || before.held_in === move.heldIn ? move.heldIn : 'both';
  const isBetter = before === undefined || confidences.indexOf(confidence) >= confidences.indexOf(before.confidence);
  const transfers = transfer === undefined || transfer.state === 'acknowledged' ? [] : [acknowledged(transfer)];
  const isSame = before?.confidence === confidence && before.held_in === heldIn && receipt === undefined;
  if (!isBetter || isSame) {
    return { entry: before as LedgerEntry, ledger, transfers, changed: transfers.length > 0 };
  }
  const entry: LedgerEntry = {
    sequence: known.number,
    seal: known.seal,
    confidence,
    held_in: heldIn,
    at,
    receipt,
  };
  return { entry, ledger: withEntry(ledger, entry), transfers, changed: true };
}

function acknowledged(transfer: Transfer): Transfer {
  return { ...transfer, state: 'acknowledged' };
}

function lastRollback({ ledger }: Ground): string | undefined {
  return ledger.rollbacks?.at(-1)?.at;
}

/**
 * Refuses a receipt for something that was never sent. A receipt without a transfer is for a sequence's folder, or a
 * bundle for no site. Nobody records where these go, so it counts for a site that is sent nothing else, and otherwise
 * up to the last sequence that was sent.
 */
function refuseNeverSent(
  { site, transfers, ledger }: Ground,
  { entry, bundle }: { entry: ChainEntry; bundle: string },
): void {
  const refuse = (why: string) => receiptOfNothingSent({ site: site.name, sequence: entry.number, bundle, why });
  if (bundle !== '-') {
    const head = transfers.find(({ id }) => id === bundle)?.head;
    if (head === undefined) throw refuse(`The records of ${site.name} have no transfer ${bundle}`);
    if (head.seal !== entry.seal) throw refuse(`${bundle} contained ${head.folder} with the seal ${head.seal}`);
    return;
  }
  if (transfers.length === 0) return;
  const highest = Math.max(headOfLedger(ledger)?.sequence ?? 0, ...transfers.map(({ head }) => head.number));
  if (entry.number > highest) throw refuse(`The last sequence that was sent to ${site.name} is seq${highest}`);
}

/**
 * An answer counts if it is for the head or beyond, and was given after the site last went back. If it names a
 * transfer, that tells when, by this side's clock; the clock on the far side may be wrong.
 */
function refuseOutdated(
  ground: Ground,
  { sequence, bundle, when }: { sequence: number; bundle: string; when: string | undefined },
): void {
  const { site, ledger, transfers, project } = ground;
  const head = headOfLedger(ledger)?.sequence ?? 0;
  const rolledBack = lastRollback(ground);
  const time = transfers.find(({ id }) => id === bundle)?.made ?? when;
  const isBefore = rolledBack !== undefined && time !== undefined && time < rolledBack;
  if (!isBefore && sequence >= head) return;
  throw receiptOutdated({
    site: site.name,
    project,
    sequence,
    head,
    rolledBack: isBefore ? rolledBack : undefined,
  });
}
