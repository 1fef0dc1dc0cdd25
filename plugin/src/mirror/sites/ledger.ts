import { z } from 'zod';
import { oneLine, SequenceNumber, Timestamp } from '../../sequence/one-line';
import { Seal } from '../../sequence/seal';
import { readRecord } from '../../yaml/read-record';
import { renderYaml } from '../../yaml/render-yaml';
import { recordSchema } from '../../yaml/schema-version';

/** How it is known that a site has a sequence, weakest first. */
export const confidences = ['assumed', 'attested', 'proven'] as const;
export const Confidence = z.enum(confidences);
export type Confidence = z.infer<typeof Confidence>;

/** Where a site holds a sequence's blobs: in its registry, in the cache of its oc-mirror, or in both. */
export const HeldIn = z.enum(['registry', 'cache', 'both']);
export type HeldIn = z.infer<typeof HeldIn>;

/** A sequence that a site has acknowledged: it holds the closure of that sequence's images. */
export const LedgerEntry = z.strictObject({
  sequence: SequenceNumber,
  seal: Seal.describe(
    'The seal of the acknowledged sequence. If another sequence is later sealed with the same number, it has another seal',
  ),
  confidence: Confidence.describe(
    'proven: by a signed receipt, or by the registry of the site itself; attested: by a receipt without a signature, or a receipt code; assumed: the sequence was sent often enough over a diode',
  ),
  held_in: HeldIn.describe(
    "registry: complete in the registry; cache: in the cache of the site's oc-mirror; both: in both",
  ),
  at: Timestamp.describe('The time of the acknowledgement'),
  receipt: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
    .optional()
    .describe('The sha256 of the receipt file'),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** A site went back: it was restored from an older backup, or wiped. What it acknowledged before no longer counts. */
export const LedgerRollback = z.strictObject({
  at: Timestamp,
  from: z.int().min(0).max(999_999).describe('The number of the head before; 0: no sequence'),
  to: z.int().min(0).max(999_999).describe('The number of the head after; 0: no sequence'),
  note: oneLine(300).describe('The reason'),
});
export type LedgerRollback = z.infer<typeof LedgerRollback>;

/** A sequence whose images `cleanup` deleted, as far as no kept sequence needs them. */
export const CleanedSequence = z.strictObject({
  sequence: SequenceNumber,
  seal: Seal,
  at: Timestamp.describe('The time of the cleanup'),
});
export type CleanedSequence = z.infer<typeof CleanedSequence>;

/** ledger.yaml: what a site has acknowledged. */
export const Ledger = z
  .strictObject({
    schema: z.literal(recordSchema).describe('Version of this format'),
    entries: z
      .array(LedgerEntry)
      .max(10_000)
      .refine(
        (entries) => entries.every(({ sequence }, index) => index === 0 || entries[index - 1]!.sequence < sequence),
        'each sequence stands here once, in the order of the numbers',
      )
      .describe('The acknowledged sequences. The last sequence is the head of the site'),
    rollbacks: z
      .array(LedgerRollback)
      .max(1000)
      .optional()
      .describe('The losses of the site, each with time and reason'),
    cleaned: z
      .array(CleanedSequence)
      .max(10_000)
      .optional()
      .describe('The sequences that `cleanup` removed from the registry; they do not count as acknowledged any more'),
  })
  .describe('The sequences that a site has acknowledged');
export type Ledger = z.infer<typeof Ledger>;

/** The ledger of a site that has acknowledged nothing. */
export const emptyLedger: Ledger = { schema: recordSchema, entries: [] };

/**
 * Reads ledger.yaml.
 *
 * @throws SEQ0210, SEQ0211 or SEQ0212 when it cannot be read
 */
export function parseLedger(text: string, file: string): Ledger {
  return readRecord(text, file, Ledger, { maxCharacters: 4 * 1024 ** 2 });
}

export function renderLedger(ledger: Ledger): string {
  return renderYaml(Ledger.parse(ledger), {
    head: [
      'What this site has acknowledged: it holds all that the images of these sequences need.',
      'Written by acknowledge and rollback. The next bundle leaves out what stands here.',
    ],
  });
}

/** The last sequence that a site has acknowledged. */
export function headOfLedger({ entries }: Ledger): LedgerEntry | undefined {
  return entries.at(-1);
}

/** The ledger without entries that are not known well enough. */
export function ledgerBy(ledger: Ledger, least: Confidence): Ledger {
  const isEnough = ({ confidence }: LedgerEntry) => confidences.indexOf(confidence) >= confidences.indexOf(least);
  return { ...ledger, entries: ledger.entries.filter(isEnough) };
}

/** The ledger with an entry added; it replaces one of the same sequence. */
export function withEntry(ledger: Ledger, entry: LedgerEntry): Ledger {
  const others = ledger.entries.filter(({ sequence }) => sequence !== entry.sequence);
  return { ...ledger, entries: [...others, entry].sort((a, b) => a.sequence - b.sequence) };
}

/** The ledger after a cleanup: it forgets these sequences, and remembers that their images were ours. */
export function withoutCleaned(ledger: Ledger, cleaned: readonly CleanedSequence[]): Ledger {
  const isCleaned = ({ seal }: { readonly seal: string }) => cleaned.some((each) => each.seal === seal);
  const known = (ledger.cleaned ?? []).filter((each) => !isCleaned(each));
  return {
    ...ledger,
    entries: ledger.entries.filter((entry) => !isCleaned(entry)),
    cleaned: [...known, ...cleaned].sort((a, b) => a.sequence - b.sequence),
  };
}

/** What happened to a site that no longer has what it acknowledged. */
export type Setback =
  | { readonly kind: 'restored'; readonly to: number }
  | { readonly kind: 'wiped' }
  /** Its registry is whole, but the cache of its oc-mirror is gone. */
  | { readonly kind: 'cache wiped' };

/** The ledger after a setback, with a note of it; the same ledger if none of its entries count any more. */
export function rolledBack(ledger: Ledger, setback: Setback, { at, note }: { at: string; note: string }): Ledger {
  const entries = entriesAfter(ledger.entries, setback);
  if (JSON.stringify(entries) === JSON.stringify(ledger.entries)) return ledger;
  const from = headOfLedger(ledger)?.sequence ?? 0;
  const to = entries.at(-1)?.sequence ?? 0;
  const { cleaned, ...kept } = ledger;
  // In a registry that was wiped, nothing is ours any more.
  const after = setback.kind === 'wiped' || cleaned === undefined ? kept : { ...kept, cleaned };
  return { ...after, entries, rollbacks: [...(ledger.rollbacks ?? []), { at, from, to, note }] };
}

function entriesAfter(entries: readonly LedgerEntry[], setback: Setback): LedgerEntry[] {
  switch (setback.kind) {
    case 'restored':
      return entries.filter(({ sequence }) => sequence <= setback.to);
    case 'wiped':
      return [];
    case 'cache wiped':
      return entries
        .filter(({ held_in: where }) => where !== 'cache')
        .map((entry) => ({ ...entry, held_in: 'registry' as const }));
  }
}
