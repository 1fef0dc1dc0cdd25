/** Whether a file is signed by those whose signatures count for a mirror. */
import { resolve } from 'node:path';
import type { Finding } from '../../system/errors';
import type { SeqmirrorError } from '../../system/errors';
import { findingOf } from '../../system/errors';
import type { Mirror } from '../mirror';
import { forPeople } from '../mirror';
import { askSignature } from './counted-signature';
import type { SignedThing } from './errors';
import { signatureMissing, signatureRefused, signersMissing } from './errors';

/** Beside seqmirror.yaml, where the settings name no other. */
export const signersName = 'allowed_signers';

export interface SignedFile {
  /** Absolute. */
  readonly file: string;
  /** Where its signature may be; one that counts is enough. The first is the one that is missed when there is none. */
  readonly signatures: readonly string[];
  readonly what: Exclude<SignedThing, 'receipt'>;
  /** Of a file on a medium: the medium. Signers that lie on it do not count. Absolute. */
  readonly medium?: string | undefined;
}

export interface CheckedSignature {
  readonly findings: readonly Finding[];
  /** Whose it is, where it counts. */
  readonly by?: string | undefined;
}

/**
 * What is wrong with a file's signature; nothing when it is by one of the signers, or when neither signers nor settings
 * speak of signatures. An error: wrong, or required and not there.
 */
export async function signatureOn(
  mirror: Mirror,
  { file, signatures, what, medium }: SignedFile,
): Promise<CheckedSignature> {
  const { requireSignatures: required = false } = mirror.settings;
  const signers = signersFile(mirror);
  const shown = { file: forPeople(mirror, file), signers: forPeople(mirror, signers), what, mirror: mirror.name };
  const missed = (error: SeqmirrorError): CheckedSignature => ({
    findings: [{ ...findingOf(error), severity: required ? 'error' : 'warning' }],
  });
  const answer = await askSignature({ file, signatures, signers, medium, signer: mirror.signer, purpose: 'seqmirror' });
  switch (answer.kind) {
    case 'counts':
      return { findings: [], by: answer.by };
    case 'refused':
      return { findings: [findingOf(signatureRefused({ ...shown, why: answer.why }))] };
    case 'no signers':
      return answer.isSigned || required ? missed(signersMissing({ ...shown, required })) : { findings: [] };
    case 'unsigned': {
      const because = `${shown.signers} says whose signatures count, so nobody knows who wrote it`;
      const [first = file] = signatures;
      return missed(signatureMissing({ ...shown, signature: forPeople(mirror, first), because }));
    }
  }
}

/** Whose signatures count: a file that the environment names goes before any in the repository. Absolute; it may be missing. */
export function signersFile({
  settings,
  root,
  namedSigners,
}: Pick<Mirror, 'settings' | 'root' | 'namedSigners'>): string {
  return namedSigners ?? resolve(root, settings.signing?.signers ?? signersName);
}
