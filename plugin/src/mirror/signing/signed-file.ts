/** Whether a file is signed by those whose signatures count for a mirror. */
import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { Finding } from '../../system/errors';
import type { SeqmirrorError } from '../../system/errors';
import { findingOf } from '../../system/errors';
import type { Mirror } from '../mirror';
import { forPeople } from '../mirror';
import type { SignedThing } from './errors';
import { signatureMissing, signatureRefused, signersMissing } from './errors';

/** Beside seqmirror.yaml, where the settings name no other. */
export const signersName = 'allowed_signers';

const largestSignature = 1024 ** 2;

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
  const { signer, settings } = mirror;
  const { requireSignatures: required = false } = settings;
  const people = (path: string) => forPeople(mirror, path);
  const refused = (error: SeqmirrorError): CheckedSignature => ({ findings: [findingOf(error)] });
  const missed = (error: SeqmirrorError): CheckedSignature => ({
    findings: [{ ...findingOf(error), severity: required ? 'error' : 'warning' }],
  });
  const signers = signersFile(mirror);
  const there = await existing(signatures);
  const [first = file] = signatures;
  if (!(await isFile(signers))) {
    if (there.length === 0 && !required) return { findings: [] };
    const missing = signersMissing({ file: people(file), signers: people(signers), required });
    return missed(missing);
  }
  if (there.length === 0) {
    const because = `${people(signers)} says whose signatures count, so nobody knows who wrote it`;
    const missing = signatureMissing({
      file: people(file),
      signature: people(first),
      because,
      what,
      mirror: mirror.name,
    });
    return missed(missing);
  }
  if (medium !== undefined && (await liesIn(signers, medium))) {
    const why = 'the file that says whose signatures count lies on the same medium';
    return refused(signatureRefused({ file: people(file), why, signers: people(signers), what, mirror: mirror.name }));
  }
  let why = '';
  for (const signature of there) {
    const verdict = await signer.verify(file, { signature, signers });
    if (verdict.sound) return { findings: [], by: verdict.by };
    why ||= verdict.why;
  }
  return refused(signatureRefused({ file: people(file), why, signers: people(signers), what, mirror: mirror.name }));
}

/** Whose signatures count. Absolute; it may be missing. */
export function signersFile({ settings, root }: Pick<Mirror, 'settings' | 'root'>): string {
  return resolve(root, settings.signing?.signers ?? signersName);
}

/** On a medium anything may lie: a link that leads elsewhere, or more than a program should be given to read. */
async function existing(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const file = await lstat(path).catch(() => undefined);
    if (file?.isFile() === true && file.size <= largestSignature) found.push(path);
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Compared where they really are: a link must not bring the medium's own file in. */
async function liesIn(file: string, folder: string): Promise<boolean> {
  const inside = await realpath(folder);
  const places = [await realpath(file), await realpath(dirname(file))];
  return places.some((place) => place === inside || place.startsWith(`${inside}${sep}`));
}
