/** Checks that a file is signed by those whose signatures count for a mirror. */
import { dirname, join, resolve } from 'node:path';
import type { Finding, SeqmirrorError } from '../../system/errors';
import { findingOf } from '../../system/errors';
import type { Mirror } from '../mirror';
import { forPeople } from '../mirror';
import type { SignaturePurpose } from '../signer';
import type { SignatureQuestion } from './counted-signature';
import { askSignature } from './counted-signature';
import type { SignedThing } from './errors';
import { signatureMissing, signatureRefused, signersMissing } from './errors';

/** Beside seqmirror.yaml, unless the settings name another file. */
export const signersName = 'allowed_signers';
export const revokedName = 'revoked_signers';

export interface SignedFile {
  /** An absolute path. */
  readonly file: string;
  /** Its content when it was read. */
  readonly content?: string | undefined;
  /** Where its signatures may be. If no signature is there, the first is reported as missing. */
  readonly signatures: readonly string[];
  readonly purpose: SignaturePurpose;
  readonly what: Exclude<SignedThing, 'receipt' | 'second'>;
  /** The medium that the file is on, if it is on one; an absolute path. Signers on the medium itself do not count. */
  readonly medium?: string | undefined;
  /** The user allows a missing signature; a wrong one stays wrong. */
  readonly allowUnsigned?: boolean | undefined;
}

export interface CheckedSignature {
  readonly findings: readonly Finding[];
  /** Who signed it, if the signature counts. */
  readonly by?: string | undefined;
}

/**
 * What is wrong with a file's signature. Nothing if enough of the signers have signed it, or if neither signers nor
 * settings require signatures. An error if it is wrong, or missing although signers are configured.
 */
export async function signatureOn(
  mirror: Mirror,
  { file, content, signatures, purpose, what, medium, allowUnsigned = false }: SignedFile,
): Promise<CheckedSignature> {
  const { requireSignatures: required = false } = mirror.settings;
  const signers = signersFile(mirror);
  const shown = { file: forPeople(mirror, file), signers: forPeople(mirror, signers), what, mirror: mirror.name };
  const missed = (error: SeqmirrorError, severity: Finding['severity']): CheckedSignature => ({
    findings: [{ ...findingOf(error), severity }],
  });
  const isEachToCount = what === 'bundle';
  const answer = await askSignature({
    file,
    content,
    signatures,
    medium,
    purpose,
    isEachToCount,
    ...countedBy(mirror),
  });
  switch (answer.kind) {
    case 'counts':
      return { findings: [], by: answer.by };
    case 'refused':
      return { findings: [findingOf(signatureRefused({ ...shown, ...answer }))] };
    case 'no signers':
      if (!answer.isSigned && !required) return { findings: [] };
      return missed(signersMissing({ ...shown, required }), required && !allowUnsigned ? 'error' : 'warning');
    case 'unsigned': {
      const because = `${shown.signers} lists the accepted keys, so the file must have a signature by one of these keys`;
      const [first = file] = signatures;
      const signature = forPeople(mirror, first);
      return missed(signatureMissing({ ...shown, signature, because }), allowUnsigned ? 'warning' : 'error');
    }
  }
}

/**
 * Whose signatures over chain.lock and bundles count for a mirror, and how many are required. If the environment names
 * the signers, the revoked keys lie beside them: nothing in the repository may bring one back.
 */
export function countedBy(
  mirror: Mirror,
): Pick<SignatureQuestion, 'signers' | 'signer'> & { revoked: string; threshold: number } {
  const { root, settings, namedSigners, signer } = mirror;
  const { signing } = settings;
  return {
    signers: signersFile(mirror),
    revoked:
      namedSigners === undefined
        ? resolve(root, signing?.revokedSigners ?? revokedName)
        : join(dirname(namedSigners), revokedName),
    threshold: signing?.threshold ?? 1,
    signer,
  };
}

/**
 * The file of signers: one that the environment names comes before any in the repository. An absolute path; it may be
 * missing.
 */
export function signersFile({
  settings,
  root,
  namedSigners,
}: Pick<Mirror, 'settings' | 'root' | 'namedSigners'>): string {
  return namedSigners ?? resolve(root, settings.signing?.signers ?? signersName);
}
