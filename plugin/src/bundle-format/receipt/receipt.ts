/**
 * A receipt: what a site says it has, in lines that a shell script can write and a person can read. `key=value`, each
 * key once and in this order, ASCII, below 1 KiB, no host names:
 *
 *   schema=seqmirror-receipt/1
 *   site=bravo
 *   sequence=3
 *   seal=sha256:<64 hexadecimal digits>
 *   bundle=T0003                          - if the upload did not come in a bundle for sites
 *   verified=sha256:<64 digits>           over the lines below
 *   images=64                             how many lines
 *   held_in=both                          registry, cache or both
 *   when=2026-11-30T10:12:13Z
 *   tool=seq-upload.sh 0.1.0
 *   code=7K3M-ZQ4T-9XWA                   receipt-code.ts
 *
 * verified is sha256 over one line `repository:tag@sha256:…`, with its line feed, for each image of the sequence whose
 * tag has this digest in the registry: each line once, sorted by byte (LC_ALL=C sort -u). repository is below the
 * registry's namespace, so that the sender, who does not know the namespace, can compute the same. Bundles of earlier
 * versions have lines `repository@sha256:…`, one for all tags of a digest, and receipts over those.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { HeldIn, SiteName, TransferId } from '../../mirror/sites/sites';
import { Digest } from '../../oci/digest';
import type { MirroredImage } from '../../oci/image';
import { SequenceNumber, Timestamp } from '../../sequence/one-line';
import { Seal } from '../../sequence/seal';
import { sha256Of } from '../../system/sha256';
import { receiptUnreadable } from './errors';
import { receiptCode } from './receipt-code';

export { receiptCode, readReceiptCode } from './receipt-code';
export {
  codeMistyped,
  codeOfNothing,
  notAssumable,
  receiptNotThere,
  receiptOfNothingSent,
  receiptOfOtherContent,
  receiptOfOtherSite,
  receiptOfUnknownSeal,
  receiptOutdated,
  receiptUnreadable,
} from './errors';

export const receiptSchema = 'seqmirror-receipt/1';

const decimal = z.string().regex(/^(0|[1-9]\d{0,8})$/, 'must be a number');

export const Receipt = z.strictObject({
  schema: z.literal(receiptSchema),
  site: SiteName,
  sequence: decimal.transform(Number).pipe(SequenceNumber),
  seal: Seal,
  bundle: z.union([TransferId, z.literal('-')], { error: 'must be a transfer such as T0003, or -' }),
  verified: Digest,
  images: decimal.transform(Number),
  held_in: HeldIn,
  when: Timestamp,
  tool: z.string().regex(/^[!-~](?:[ -~]{0,62}[!-~])?$/, 'must be at most 64 printable ASCII characters'),
  code: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/, 'must be a code such as 7K3M-ZQ4T-9XWA'),
});
export type Receipt = z.infer<typeof Receipt>;

const keys = Object.keys(Receipt.shape) as (keyof Receipt)[];
const mostBytes = 1024;

/** A receipt as the plugin writes it; the script on the far side writes the same bytes. */
export function renderReceipt(facts: Omit<Receipt, 'schema' | 'code'>): string {
  const receipt = { schema: receiptSchema, ...facts, code: receiptCode(facts) };
  const text = keys.map((key) => `${key}=${receipt[key]}\n`).join('');
  parseReceipt(text, 'receipt');
  return text;
}

/**
 * Reads a receipt, with either kind of line end.
 *
 * @throws SEQ0615 for anything but the lines above, and for a receipt whose code does not fit its other lines
 */
export function parseReceipt(text: string, file: string): Receipt {
  if (text.length > mostBytes)
    throw receiptUnreadable({
      file,
      what: `it has ${text.length} characters, but a receipt has fewer than ${mostBytes}`,
    });
  const lines = text.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n');
  const pairs = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  const wrong = keys.findIndex((key, index) => pairs[index]?.[0] !== key || !lines[index]?.includes('='));
  if (wrong !== -1) throw receiptUnreadable({ file, what: `line ${wrong + 1} is not ${keys[wrong]}=…` });
  if (lines.length !== keys.length)
    throw receiptUnreadable({ file, what: `it has ${lines.length} lines, but a receipt has ${keys.length}` });
  const { data, error } = Receipt.safeParse(Object.fromEntries(pairs));
  if (data === undefined) {
    const [issue] = error.issues;
    throw receiptUnreadable({ file, what: `${String(issue?.path[0])}: ${issue?.message}` });
  }
  if (receiptCode(data) !== data.code)
    throw receiptUnreadable({ file, what: 'its code does not match its other lines' });
  return data;
}

/** sha256 of a receipt file, as in ledgers. */
export function receiptSha256(bytes: string | Uint8Array): string {
  return sha256Of(bytes);
}

type ImagePlace = Pick<MirroredImage, 'repository' | 'tag' | 'digest' | 'attachedTo'>;

/** `by digest`: as earlier versions listed images; if two tags had one digest, a missing tag went unnoticed. */
export type LineForm = 'by tag' | 'by digest';

/**
 * The lines that a site verifies, sorted, each once: `verified` is computed over them. Signatures and attestations are
 * left out, since not every way of uploading brings all of them.
 */
export function verifiedLines(images: Iterable<ImagePlace>, form: LineForm = 'by tag'): string[] {
  const lines = new Set<string>();
  for (const { repository, tag, digest, attachedTo } of images) {
    if (attachedTo === undefined) lines.add(`${form === 'by tag' ? `${repository}:${tag}` : repository}@${digest}`);
  }
  return [...lines].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

export function verifiedOf(images: Iterable<ImagePlace>, form: LineForm = 'by tag'): Digest {
  const hash = createHash('sha256');
  for (const line of verifiedLines(images, form)) hash.update(`${line}\n`);
  return Digest.parse(`sha256:${hash.digest('hex')}`);
}

/** How the lines of an images.txt are written. A file without lines counts as ours. */
export function lineFormOf(text: string): LineForm {
  const [first = ''] = text.split('\n', 1);
  return first === '' || first.slice(0, first.indexOf('@')).includes(':') ? 'by tag' : 'by digest';
}
