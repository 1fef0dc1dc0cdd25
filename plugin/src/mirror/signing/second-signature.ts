/**
 * The signature of a second person, `<file>.sig.2`, beside the first. It is written only if both count together: by
 * different keys of different people, over the same bytes.
 */
import { basename, dirname, resolve } from 'node:path';
import { writeFileAtomically } from '../../system/atomic-file';
import type { PathBelow } from '../../system/path-below';
import { below } from '../../system/path-below';
import { withPrivateFolder } from '../../system/private-folder';
import type { Mirror } from '../mirror';
import { forPeople } from '../mirror';
import type { SignaturePurpose, Signer } from '../signer';
import { signatureOver, signerBy } from '../signer';
import type { SignatureAnswer, SignatureQuestion } from './counted-signature';
import { askSignature } from './counted-signature';
import { secondNotPossible, signatureRefused } from './errors';
import { countedBy, signersFile } from './signed-file';

export interface SecondSignature {
  /** `us and them` */
  readonly by: string;
  /** Whether it was made now. */
  readonly isNew: boolean;
}

/** What a second person has signed. */
export interface CountersignOutcome {
  /** Files that have two signatures now, as people know them. */
  readonly files: readonly string[];
  /** `us and them` */
  readonly by: string;
  /** The last sealed sequence. */
  readonly head: string;
  /** Whether a signature was made; else all were there. */
  readonly isNew: boolean;
}

/**
 * What signs for the second person.
 *
 * @param key their key, if it is not the one that seqmirror.yaml names; an absolute path
 * @throws SEQ0625 if no signer is configured here, or the signing program does not tell whose key made a signature
 */
export function secondSigner(
  mirror: Mirror,
  { key, env }: { key: string | undefined; env: Readonly<NodeJS.ProcessEnv> },
): Signer {
  const { signing } = mirror.settings;
  const why =
    signing === undefined
      ? 'seqmirror.yaml has no signing'
      : signing.with === 'ssh'
        ? undefined
        : `${signing.with} does not tell whose key made a signature`;
  if (signing === undefined || why !== undefined)
    throw secondNotPossible({
      file: 'A chain or a bundle',
      why: why ?? '',
      next: 'Set `signing: { with: ssh, threshold: 2 }` in seqmirror.yaml',
    });
  return key === undefined ? mirror.signer : signerBy({ ...signing, key }, { env, folder: mirror.root });
}

/** The mirror as the first of two signers sees it: what the first has signed counts alone. */
export function asOfFirst(mirror: Mirror): Mirror {
  const { settings } = mirror;
  if (settings.signing === undefined) return mirror;
  return { ...mirror, settings: { ...settings, signing: { ...settings.signing, threshold: 1 } } };
}

/**
 * Signs a file for the second time. The caller has checked that the first signature counts and that the content is
 * right.
 *
 * @throws SEQ0625 when the key cannot sign, SEQ0626 when the two signatures would not count together
 */
export async function signSecond(
  mirror: Mirror,
  { file, content, purpose, signer }: { file: PathBelow; content: string; purpose: SignaturePurpose; signer: Signer },
): Promise<SecondSignature> {
  const place = { file: file.path, content, purpose };
  const [first, second] = [`${file.path}.sig`, `${file.path}.sig.2`];
  const before = await askBoth(mirror, { ...place, signatures: [first, second] });
  if (before.kind === 'counts') return { by: before.by, isNew: false };
  const made = await signatureOver(content, basename(file.path), { signer, purpose });
  return withPrivateFolder('second', async (folder) => {
    const apart = below(folder, resolve(folder.path, 'second.sig'));
    await writeFileAtomically(apart, made);
    const both = await askBoth(mirror, { ...place, signatures: [first, apart.path] });
    if (both.kind !== 'counts') throw notBoth(mirror, file.path, both);
    await writeFileAtomically(below(file.root, resolve(dirname(file.path), second)), made);
    return { by: both.by, isNew: true };
  });
}

function askBoth(
  mirror: Mirror,
  place: Pick<SignatureQuestion, 'file' | 'content' | 'purpose' | 'signatures'>,
): Promise<SignatureAnswer> {
  return askSignature({ ...place, ...countedBy(mirror), threshold: 2, isEachToCount: true });
}

function notBoth(mirror: Mirror, file: string, answer: Exclude<SignatureAnswer, { kind: 'counts' }>): Error {
  const signers = forPeople(mirror, signersFile(mirror));
  const why = answer.kind === 'refused' ? answer.why : `${signers} has no accepted keys`;
  return signatureRefused({ file: forPeople(mirror, file), why, signers, what: 'second', mirror: mirror.name });
}
