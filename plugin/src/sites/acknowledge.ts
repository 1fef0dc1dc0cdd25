import { resolve } from 'node:path';
import type { Acknowledgement, Ground } from '../bundle-format/acknowledgement';
import { acknowledgeBySendings, acknowledgeCode, acknowledgeReceipt } from '../bundle-format/acknowledgement';
import { provableChain } from '../bundle-format/provable-chain';
import {
  codeMistyped,
  parseReceipt,
  readReceiptCode,
  receiptNotThere,
  receiptSha256,
  receiptUnreadable,
} from '../bundle-format/receipt/receipt';
import type { Mirror, MirrorLocation } from '../mirror/mirror';
import { forPeople, openMirror } from '../mirror/mirror';
import { signerBy } from '../mirror/signer';
import { askSignature, countedBy, signatureMissing, signatureRefused } from '../mirror/signing/signing';
import type { LedgerEntry } from '../mirror/sites/sites';
import {
  headOfLedger,
  noSuchTransfer,
  readSite,
  siteNames,
  sitePath,
  siteProjectName,
  writeLedger,
  writeTransferOf,
} from '../mirror/sites/sites';
import { timestampOf } from '../sequence/one-line';
import { isSeqmirrorError } from '../system/errors';
import { readNamedBytesIfThere } from '../system/text-file';

/** The answer of a site, or the fate of a transfer. */
export type Answer =
  /** A file; its signature lies beside it, `<file>.sig`. */
  | { readonly kind: 'receipt'; readonly file: string }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'assume' }
  | { readonly kind: 'lost'; readonly transfer: string };

/** The options of `acknowledge`. */
export interface AcknowledgeOptions {
  readonly location: MirrorLocation;
  readonly site: string;
  readonly answer: Answer;
  readonly dryRun: boolean;
  readonly now: () => Date;
}

/** What `acknowledge` wrote into the ledger of the site. */
export interface AcknowledgeOutcome {
  readonly site: string;
  /** The number of the head before; 0 if the site had no sequence. */
  readonly from: number;
  /** The entry of the acknowledged sequence in the ledger; `undefined` for a lost transfer. */
  readonly entry: LedgerEntry | undefined;
  /** Who signed the receipt. */
  readonly signedBy: string | undefined;
  readonly transfers: readonly { readonly id: string; readonly state: string }[];
  /** `false` if the ledger already contained everything. */
  readonly changed: boolean;
  readonly done: boolean;
}

/**
 * Takes in a site's answer: its ledger moves on, and the transfer is acknowledged. A second time nothing changes. The
 * ledger is written first, since a transfer that stays `sent` does no harm.
 *
 * @throws SEQ0615 to SEQ0627 for an answer that cannot be trusted, each with what to do; SEQ0702 for no such receipt
 *
 * @example
 * ```ts
 * const answer = { kind: 'receipt', file: '/media/disk/bravo-seq2.receipt' } as const;
 * await acknowledge({ location, site: 'bravo', answer, dryRun: false, now: run.now });
 * ```
 */
export async function acknowledge(options: AcknowledgeOptions): Promise<AcknowledgeOutcome> {
  const { location, site, answer, dryRun, now } = options;
  const mirror = await openMirror(location);
  const known = await readSite(mirror, site);
  const ground: Ground = {
    ...known,
    chain: answer.kind === 'lost' ? [] : await provableChain(mirror),
    mirror: mirror.name,
    project: siteProjectName(mirror, site),
    at: timestampOf(now()),
  };
  const { acknowledgement, signedBy } = await takeAnswer(mirror, ground, options);
  const { entry, ledger, transfers, changed } = acknowledgement;
  if (changed && !dryRun) {
    if (ledger !== known.ledger) await writeLedger(mirror, site, ledger);
    for (const transfer of transfers) await writeTransferOf(mirror, site, transfer);
  }
  return {
    site,
    from: headOfLedger(known.ledger)?.sequence ?? 0,
    entry,
    signedBy,
    transfers: transfers.map(({ id, state }) => ({ id, state })),
    changed,
    done: changed && !dryRun,
  };
}

/** The effect of an answer. */
type AnswerResult = {
  readonly acknowledgement: Omit<Acknowledgement, 'entry'> & { readonly entry: LedgerEntry | undefined };
  readonly signedBy?: string | undefined;
};

async function takeAnswer(
  mirror: Mirror,
  ground: Ground,
  { answer, location: { env } }: AcknowledgeOptions,
): Promise<AnswerResult> {
  switch (answer.kind) {
    case 'receipt': {
      const file = resolve(mirror.workspaceRoot, answer.file);
      const bytes = await readReceiptFile(file);
      const content = bytes.toString('latin1');
      const receipt = parseReceipt(content, forPeople(mirror, file));
      const signedBy = await signerOfReceipt(mirror, { site: ground.site.name, file, content, env });
      const confidence = signedBy === undefined ? 'attested' : 'proven';
      const acknowledgement = acknowledgeReceipt(ground, receipt, { sha256: receiptSha256(bytes), confidence });
      return { acknowledgement, signedBy };
    }
    case 'code': {
      const code = readReceiptCode(answer.code);
      if (code === undefined) throw codeMistyped({ code: answer.code });
      return { acknowledgement: acknowledgeCode(ground, code) };
    }
    case 'assume':
      return { acknowledgement: acknowledgeBySendings(ground) };
    case 'lost':
      return { acknowledgement: lostTransfer(ground, answer.transfer) };
  }
}

function lostTransfer({ site, ledger, transfers }: Ground, id: string): AnswerResult['acknowledgement'] {
  const transfer = transfers.find((known) => known.id === id);
  if (transfer === undefined) {
    throw noSuchTransfer({ id, site: site.name, known: transfers.map(({ id: other }) => other) });
  }
  const lost = transfer.state === 'sent' ? [{ ...transfer, state: 'lost' as const }] : [];
  return { entry: undefined, ledger, transfers: lost, changed: lost.length > 0 };
}

/** Who signed a receipt. If signers of the site are known, one of them must have signed it. */
async function signerOfReceipt(
  mirror: Mirror,
  { site, file, content, env }: { site: string; file: string; content: string; env: Readonly<NodeJS.ProcessEnv> },
): Promise<string | undefined> {
  const { signing = { with: 'ssh' }, requireSignatures = false } = mirror.settings;
  const signers = sitePath(mirror, site, siteNames.signers);
  const signature = `${file}.sig`;
  const shown = { file: forPeople(mirror, file), signers: forPeople(mirror, signers), what: 'receipt' as const };
  const signer = signerBy(signing, { env, folder: mirror.root });
  const { revoked } = countedBy(mirror);
  const answer = await askSignature({
    ...{ file, content, signatures: [signature], signers, revoked, signer, purpose: 'seqmirror-receipt' },
  });
  switch (answer.kind) {
    case 'counts':
      return answer.by;
    case 'refused':
      throw signatureRefused({ ...shown, why: answer.why });
    case 'unsigned': {
      const because = `${shown.signers} lists the accepted keys, so every receipt must have a signature by one of these keys`;
      throw signatureMissing({ ...shown, signature: forPeople(mirror, signature), because });
    }
    case 'no signers': {
      if (!requireSignatures) return undefined;
      const because = `seqmirror.yaml has requireSignatures, so the receipt must have a signature, and ${shown.signers} must list the key of its signer`;
      throw signatureMissing({ ...shown, signature: shown.signers, because });
    }
  }
}

// A receipt has less than 1 KiB.
const largestReceipt = 64 * 1024;

async function readReceiptFile(file: string): Promise<Buffer> {
  try {
    const bytes = await readNamedBytesIfThere(file, { limit: largestReceipt });
    if (bytes === undefined) throw receiptNotThere({ file });
    return bytes;
  } catch (cause) {
    if (isSeqmirrorError(cause) && cause.code === 'SEQ0709') throw receiptUnreadable({ file, what: cause.what });
    throw cause;
  }
}
