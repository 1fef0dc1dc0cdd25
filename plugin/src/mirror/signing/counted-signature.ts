/** Is this signature by somebody who counts? Asked of bundles, of chain.lock and of receipts, and answered in one way. */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { systemErrorCode } from '../../system/errors';
import type { SignaturePurpose, Signer } from '../signer';

const largestSignature = 1024 ** 2;

export interface SignatureQuestion {
  /** What is signed. Absolute. */
  readonly file: string;
  /** Where its signatures may be. */
  readonly signatures: readonly string[];
  /** The file that says whose signatures count: one that was here before what is verified. Absolute. */
  readonly signers: string;
  /** Whose signatures never count; it may be missing. Absolute. */
  readonly revoked?: string | undefined;
  /** How many have to sign, each with a key and a name of their own; default: 1. */
  readonly threshold?: number | undefined;
  /** Of a file on a medium: the medium. Signers that lie on it do not count. Absolute. */
  readonly medium?: string | undefined;
  readonly signer: Signer;
  /** What it has to be for. */
  readonly purpose: SignaturePurpose;
}

export type SignatureAnswer =
  | { readonly kind: 'counts'; readonly by: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unsigned' }
  /** Nothing says whose signatures count. */
  | { readonly kind: 'no signers'; readonly isSigned: boolean };

/**
 * Signers that are there are never passed over: where they cannot be read, nobody's signature counts. A signature is a
 * regular file of at most 1 MiB; what else lies in its place is none. seq-upload.sh answers the same on the far side
 * (check_signature), as one table of cases in signature.judged.spec.ts proves.
 */
export async function askSignature(question: SignatureQuestion): Promise<SignatureAnswer> {
  const { file, signers, medium, signer, purpose } = question;
  const signatures = await signatureFiles(question.signatures);
  if (!(await isThere(signers))) return { kind: 'no signers', isSigned: signatures.length > 0 };
  if (medium !== undefined && (await liesIn(signers, medium)))
    return { kind: 'refused', why: 'the file that says whose signatures count lies on the same medium' };
  if (signatures.length === 0) return { kind: 'unsigned' };
  const { threshold = 1, revoked } = question;
  const isRevoking = revoked !== undefined && (await isThere(revoked));
  const names = new Set<string>();
  const keys = new Set<string>();
  let why = '';
  for (const signature of signatures) {
    const facts = { purpose, signature, signers, revoked: isRevoking ? revoked : undefined };
    const verdict = await signer.verify(file, facts);
    if (!verdict.sound) why ||= verdict.why;
    else if (!names.has(verdict.by) && !keys.has(verdict.key)) {
      names.add(verdict.by);
      keys.add(verdict.key);
    }
    if (names.size >= threshold) return { kind: 'counts', by: [...names].join(' and ') };
  }
  if (names.size === 0) return { kind: 'refused', why };
  const lacking = `it is signed by ${[...names].join(' and ')}, and ${threshold} have to sign, each with a key of their own`;
  return { kind: 'refused', why: why === '' ? lacking : `${lacking}; of another signature, ${why}` };
}

/** Where a signature comes from anything may lie: a link that leads elsewhere, or more than a program should have to read. */
async function signatureFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const file = await lstat(path).catch(() => undefined);
    if (file?.isFile() === true && file.size <= largestSignature) found.push(path);
  }
  return found;
}

/** A link that leads nowhere is there, too, and so is what may not be looked at: somebody has named signers. */
async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => !['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? ''),
  );
}

/** Compared where they really are: a link must not bring the medium's own file in. */
async function liesIn(file: string, folder: string): Promise<boolean> {
  const inside = await realpath(folder);
  const places = await Promise.all([file, dirname(file)].map((path) => realpath(path).catch(() => path)));
  return places.some((place) => place === inside || place.startsWith(`${inside}${sep}`));
}
