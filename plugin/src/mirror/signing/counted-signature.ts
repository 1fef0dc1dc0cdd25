/** Decides whether a signature counts: for bundles, chain.lock and receipts alike. */
import { lstat, realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { systemErrorCode } from '../../system/errors';
import type { SignaturePurpose, Signer } from '../signer';
import { readRevokedKeys } from './revoked-signers';

const largestSignature = 1024 ** 2;

export interface SignatureQuestion {
  /** The signed file. An absolute path. */
  readonly file: string;
  /** The content of the file when it was read, if it is on a medium that may change under us. */
  readonly content?: string | undefined;
  /** Where its signatures may be. */
  readonly signatures: readonly string[];
  /** The file that says whose signatures count. It was here before what is verified. An absolute path. */
  readonly signers: string;
  /** Keys that never count; the file may be missing. An absolute path. */
  readonly revoked?: string | undefined;
  /** How many have to sign, each with their own key and name; default: 1. */
  readonly threshold?: number | undefined;
  /**
   * Whether a signature that does not count invalidates the others. For chain.lock, a kill may have left an older one.
   */
  readonly isEachToCount?: boolean | undefined;
  /** The medium that the file is on, if it is on one; an absolute path. Signers on the medium itself do not count. */
  readonly medium?: string | undefined;
  readonly signer: Signer;
  /** The purpose that it must have. */
  readonly purpose: SignaturePurpose;
}

export type SignatureAnswer =
  | { readonly kind: 'counts'; readonly by: string }
  | {
      readonly kind: 'refused';
      readonly why: string;
      /** Only the signature of a second person is missing. */
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
    return { kind: 'refused', why: 'the list of accepted keys is on the same medium' };
  if (signatures.length === 0) return { kind: 'unsigned' };
  return countSignatures(signatures, question);
}

async function countSignatures(signatures: readonly string[], question: SignatureQuestion): Promise<SignatureAnswer> {
  const { file, content, signers, signer, purpose, revoked, threshold = 1, isEachToCount = false } = question;
  const isRevoking = revoked !== undefined && (await isNamed(revoked));
  const keys = isRevoking ? await readRevokedKeys(revoked) : undefined;
  if (keys?.kind === 'unreadable')
    return { kind: 'refused', why: `the list of revoked keys, ${revoked}, cannot be used: ${keys.why}` };
  const krl = keys?.kind === 'krl' ? revoked : undefined;
  const counted = new Map<string, string>();
  const refused: string[] = [];
  for (const signature of signatures) {
    const verdict = await signer.verify(file, { purpose, signature, signers, content, revoked: krl });
    if (!verdict.sound) refused.push(verdict.why);
    else if (keys?.kind === 'keys' && keys.fingerprints.has(verdict.key))
      refused.push(`it was made with the key of ${verdict.by}, which ${revoked} revokes`);
    else if (!counted.has(verdict.by) && ![...counted.values()].includes(verdict.key))
      counted.set(verdict.by, verdict.key);
  }
  const by = [...counted.keys()].join(' and ');
  const [why = ''] = refused;
  if (counted.size === 0 || (isEachToCount && why !== '')) return { kind: 'refused', why };
  if (counted.size >= threshold) return { kind: 'counts', by };
  const lacking = `only ${by} signed it, but ${threshold} persons must sign, each with a different key`;
  return why === ''
    ? { kind: 'refused', why: lacking, lacksSecond: true }
    : { kind: 'refused', why: `${lacking}. Another signature is not accepted: ${why}` };
}

/** Anything may lie where a signature is expected: a link that leads elsewhere, or more than a program should read. */
async function signatureFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const file = await lstat(path).catch(() => undefined);
    if (file?.isFile() === true && file.size <= largestSignature) found.push(path);
  }
  return found;
}

/** A broken link counts as there, and so does a file that may not be read: somebody has named signers. */
export async function isNamed(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => !['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? ''),
  );
}

/** Compares real paths: a link must not bring in the medium's own file. */
async function liesIn(file: string, folder: string): Promise<boolean> {
  const inside = await realpath(folder);
  const places = await Promise.all([file, dirname(file)].map((path) => realpath(path).catch(() => path)));
  return places.some((place) => place === inside || place.startsWith(`${inside}${sep}`));
}
