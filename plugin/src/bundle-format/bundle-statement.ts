/**
 * bundle-statement.env: what the sender of a bundle signs, on each volume at its top. One `key=value` per line, no
 * quoting, LF, each key once, ASCII, at most 64 KiB; readers ignore unknown keys, as in bundle.env. A change that every
 * reader must know about changes `purpose`.
 *
 *   purpose=bundle
 *   mirror=platform                     id of the mirror: a bundle signed for one mirror does not count for another
 *   transfer=T0007                      bundle.env's `bundle`; for a bundle for no site the sequence's folder
 *   number=7                            of the transfer, decimal; 0 for a bundle for no site
 *   head=seq5
 *   head_number=5
 *   seal=sha256:<64 hexadecimal digits> of the head
 *   sites=bravo,charlie                 for whom; empty: for any site
 *   made=2026-11-28T06:08:52Z
 *   expires=2027-02-26T06:08:52Z        optional: not to be uploaded from then on
 *   sums=sha256:<64 digits>             over the bytes of this volume's SHA256SUMS, which covers every other file
 *
 * Its detached signatures lie beside it, for the purpose `seqmirror-bundle`: bundle-statement.env.sig, and
 * bundle-statement.env.sig.2 by a second signer. If bundle.env says `statement=bundle-statement.env`, the bundle has a
 * statement: without it, the bundle was tampered with. Bundles of earlier versions have SHA256SUMS.sig instead (purpose
 * `seqmirror`), which does not cover mirror, sites or time.
 */
import { z } from 'zod';
import { SiteName } from '../mirror/sites/sites';
import { Digest, digestOf } from '../oci/digest';
import { SequenceNumber, Timestamp } from '../sequence/one-line';
import { Seal } from '../sequence/seal';
import { statementUnreadable } from './errors';
import { bundleFileName, decimalIn, readKeyValues, renderKeyValues } from './key-values';

export const statementFile = 'bundle-statement.env';
/** In the order of signing. */
export const statementSignatures = [`${statementFile}.sig`, `${statementFile}.sig.2`] as const;

export const BundleStatement = z
  .strictObject({
    purpose: z.literal('bundle', { error: 'must be bundle' }),
    mirror: bundleFileName,
    transfer: bundleFileName,
    number: z.int().min(0).max(999_999),
    head: z.strictObject({ number: SequenceNumber, seal: Seal }),
    sites: z.array(SiteName).max(1000),
    made: Timestamp,
    expires: Timestamp.optional(),
    sums: Digest,
  })
  .refine(({ transfer, number }) => number === transferNumber(transfer), {
    path: ['number'],
    error: 'must be the number of the transfer',
  });
export type BundleStatement = z.infer<typeof BundleStatement>;

/** 7 for `T0007`; 0 if it is not a transfer. */
export function transferNumber(transfer: string): number {
  return /^T\d{4,6}$/.test(transfer) ? Number(transfer.slice(1)) : 0;
}

/** The hash by which a statement names a volume's SHA256SUMS. */
export function sumsDigest(sums: string | Uint8Array): Digest {
  return digestOf(sums);
}

/** @throws a bug if a value does not fit on a line */
export function renderBundleStatement(facts: BundleStatement): string {
  const { purpose, mirror, transfer, number, head, sites, made, expires, sums } = BundleStatement.parse(facts);
  return renderKeyValues([
    ['purpose', purpose],
    ['mirror', mirror],
    ['transfer', transfer],
    ['number', number],
    ['head', `seq${head.number}`],
    ['head_number', head.number],
    ['seal', head.seal],
    ['sites', sites.join(',')],
    ['made', made],
    ['expires', expires],
    ['sums', sums],
  ]);
}

const mostCharacters = 64 * 1024;

/** @throws SEQ0652 naming the line or key that is wrong */
export function parseBundleStatement(text: string, file: string): BundleStatement {
  const refuse = (problem: string) => statementUnreadable({ file, problem });
  if (text.length > mostCharacters) throw refuse(`it is too long (${text.length} characters)`);
  if (!/^[\n -~]*\n$/.test(text))
    throw refuse('it has characters that are not printable ASCII, or no line feed at its end');
  const { values, wrong } = readKeyValues(text.slice(0, -1).split('\n'));
  if (wrong !== undefined) throw refuse(`it has a line without a key: ${wrong}`);
  const twice = [...values].find(([, each]) => each.length > 1);
  if (twice !== undefined) throw refuse(`it has the key ${twice[0]} twice`);
  const one = (key: string): string | undefined => values.get(key)?.[0];
  const number = decimalIn(one('head_number'));
  if (one('head') !== `seq${number}`) throw refuse('head and head_number name different sequences');
  const { data, error } = BundleStatement.safeParse({
    ...Object.fromEntries(plainKeys.map((key) => [key, one(key)])),
    number: decimalIn(one('number')),
    head: { number, seal: one('seal') },
    sites: one('sites')
      ?.split(',')
      .filter((site, _, { length }) => site !== '' || length > 1),
  });
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw refuse(`${issue?.path.join('.')}: ${issue?.message}`);
}

const plainKeys = ['purpose', 'mirror', 'transfer', 'made', 'expires', 'sums'];
