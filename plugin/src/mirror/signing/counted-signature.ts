/** Is this signature by somebody who counts? Asked of bundles, of chain.lock and of receipts, and answered in one way. */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { systemErrorCode } from '../../system/errors';
import type { SignaturePurpose, Signer } from '../signer';
import { readRevokedKeys } from './revoked-signers';

const largestSignature = 1024 ** 2;

export interface SignatureQuestion {
  /** What is signed. Absolute. */
  readonly file: string;
  /** What it was when it was read, where a medium may change under us. */
  readonly content?: string | undefined;
  /** Where its signatures may be. */
  readonly signatures: readonly string[];
  /** The file that says whose signatures count: one that was here before what is verified. Absolute. */
  readonly signers: string;
  /** Whose signatures never count; it may be missing. Absolute. */
  readonly revoked?: string | undefined;
  /** How many have to sign, each with a key and a name of their own; default: 1. */
  readonly threshold?: number | undefined;
  /** Whether one that does not count spoils the others. Of chain.lock it may be one of before, which a kill has left. */
  readonly isEachToCount?: boolean | undefined;
  /** The medium that the file is on, if it is on one; an absolute path. Signers on the medium itself do not count. */
  readonly medium?: string | undefined;
  readonly signer: Signer;
  /** What it has to be for. */
  readonly purpose: SignaturePurpose;
}

export type SignatureAnswer =
  | { readonly kind: 'counts'; readonly by: string }
  | {
      readonly kind: 'refused';
      readonly why: string;
      /** Nothing is wrong with it but that another person has to sign it, too. */
      readonly lacksSecond?: boolean | undefined;
    }
  | { readonly kind: 'unsigned' }
  /** Nothing says whose signatures count. */
  | { readonly kind: 'no signers'; readonly isSigned: boolean };

/**
 * Signers that are there are never passed over: where they cannot be read, nobody's signature counts. A signature is a
 * regular file of at most 1 MiB; nothing else counts. seq-upload.sh answers the same on the far side
 * (check_signature), as one table of cases in signature.judged.spec.ts proves.
 */
export async function askSignature(question: SignatureQuestion): Promise<SignatureAnswer> {
  const { signers, medium } = question;
  const signatures = await signatureFiles(question.signatures);
  if (!(await isNamed(signers))) return { kind: 'no signers', isSigned: signatures.length > 0 };
  if (medium !== undefined && (await liesIn(signers, medium)))
    return { kind: 'refused', why: 'the file that says whose signatures count lies on the same medium' };
  if (signatures.length === 0) return { kind: 'unsigned' };
  return countSignatures(signatures, question);
}

async function countSignatures(signatures: readonly string[], question: SignatureQuestion): Promise<SignatureAnswer> {
  const { file, content, signers, signer, purpose, revoked, threshold = 1, isEachToCount = false } = question;
  const isRevoking = revoked !== undefined && (await isNamed(revoked));
  const keys = isRevoking ? await readRevokedKeys(revoked) : undefined;
  if (keys?.kind === 'unreadable') return { kind: 'refused', why: `of ${revoked}, which revokes keys: ${keys.why}` };
  const krl = keys?.kind === 'krl' ? revoked : undefined;
  const counted = new Map<string, string>();
  const refused: string[] = [];
  for (const signature of signatures) {
    const verdict = await signer.verify(file, { purpose, signature, signers, content, revoked: krl });
    if (!verdict.sound) refused.push(verdict.why);
    else if (keys?.kind === 'keys' && keys.fingerprints.has(verdict.key))
      refused.push(`it is by the key of ${verdict.by}, and ${revoked} revokes that`);
    else if (!counted.has(verdict.by) && ![...counted.values()].includes(verdict.key))
      counted.set(verdict.by, verdict.key);
  }
  const by = [...counted.keys()].join(' and ');
  const [why = ''] = refused;
  if (counted.size === 0 || (isEachToCount && why !== '')) return { kind: 'refused', why };
  if (counted.size >= threshold) return { kind: 'counts', by };
  const lacking = `it is signed by ${by}, and ${threshold} have to sign, each with a key of their own`;
  return why === ''
    ? { kind: 'refused', why: lacking, lacksSecond: true }
    : { kind: 'refused', why: `${lacking}; of another signature, ${why}` };
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
export async function isNamed(path: string): Promise<boolean> {
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
