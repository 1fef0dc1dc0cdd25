/**
 * chain.lock and the signature beside it, chain.lock.sig. No two files change at one moment, so the next signature comes
 * first, under a name of its own, and whoever verifies takes either:
 *
 *   1. chain.lock.next, and over it chain.lock.next.sig    crash: chain.lock.sig is right still
 *   2. chain.lock.next becomes chain.lock                  crash: chain.lock.next.sig is right
 *   3. chain.lock.next.sig becomes chain.lock.sig
 *
 * Whatever takes the mirror's lock next does 3, or removes what 1 left.
 *
 * A bundle's chain.lock ends at its head and has no signature of its own: that over SHA256SUMS covers it.
 */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChainLock } from '../../sequence/chain-lock';
import { renderChainLock } from '../../sequence/chain-lock';
import { syncFile, syncFolder, writeFileAtomically } from '../../system/atomic-file';
import { SeqmirrorError } from '../../system/errors';
import { isThere } from '../../system/files';
import { readTextIfThere } from '../../system/text-file';
import { signingFailed } from '../errors';
import type { Mirror, ChainRecords } from '../mirror';
import { chainLockFile, chainLockName, forPeople } from '../mirror';
import type { Signer } from '../signer';
import type { CheckedSignature } from './signed-file';
import { signatureOn } from './signed-file';

const signatureOf = (file: string): string => `${file}.sig`;
const nextOf = (file: string): string => `${file}.next`;

/**
 * Writes chain.lock, and signs it where the settings say so. To be called with the mirror's lock held.
 *
 * @throws SEQ0625 when it has to be signed and cannot be; then it is what it was
 */
export async function writeChainLock(mirror: Mirror, lock: ChainLock): Promise<void> {
  const file = chainLockFile(mirror);
  const signer = signerFor(mirror, chainLockName);
  if (signer === undefined) {
    // Of another text: nobody's signature is better than a wrong one.
    await rm(signatureOf(file), { force: true });
    return writeFileAtomically(file, renderChainLock(lock));
  }
  const next = nextOf(file);
  await writeFileAtomically(next, renderChainLock(lock));
  try {
    await syncFile(await signer.sign(next, { purpose: 'seqmirror', shown: forPeople(mirror, file) }));
  } catch (error) {
    await discardNext(next);
    throw error;
  }
  await syncFolder(mirror.content);
  await rename(next, file);
  await syncFolder(mirror.content);
  await rename(signatureOf(next), signatureOf(file));
  await syncFolder(mirror.content);
}

/** Ends what a killed run began. To be called with the mirror's lock held, before chain.lock is written. */
export async function finishChainSignature(mirror: Mirror): Promise<void> {
  const file = chainLockFile(mirror);
  const next = nextOf(file);
  await rm(probeFolder(mirror), { recursive: true, force: true });
  if (await isThere(next)) return discardNext(next);
  if (!(await isThere(signatureOf(next)))) return;
  await rename(signatureOf(next), signatureOf(file));
  await syncFolder(mirror.content);
}

/** The signature first: alone it would be taken for the one of chain.lock. */
async function discardNext(next: string): Promise<void> {
  await rm(signatureOf(next), { force: true });
  await rm(next, { force: true });
}

/**
 * Finds out before hours of work whether chain.lock can be signed at their end.
 *
 * @throws SEQ0625
 */
export async function ensureCanSign(mirror: Mirror): Promise<void> {
  const signer = signerFor(mirror, chainLockName);
  if (signer === undefined) return;
  const folder = probeFolder(mirror);
  await writeFileAtomically(join(folder, chainLockName), (await readTextIfThere(chainLockFile(mirror))) ?? '');
  const shown = forPeople(mirror, chainLockFile(mirror));
  await signer.sign(join(folder, chainLockName), { purpose: 'seqmirror', shown });
  await rm(folder, { recursive: true, force: true });
}

function probeFolder({ data }: Mirror): string {
  return join(data.root, 'signing');
}

/**
 * What signs for a mirror; `undefined` where nothing is signed.
 *
 * @throws SEQ0625 when it has to be, and nothing says how
 */
export function signerFor({ settings, signer }: Mirror, file: string): Signer | undefined {
  if (settings.signing !== undefined) return signer;
  if (settings.requireSignatures !== true) return undefined;
  const why = 'requireSignatures is set, and signing is not';
  throw signingFailed({ file, signer: 'nobody', why, said: '' });
}

/**
 * The signature over a chain.lock, by what a mirror trusts. Nothing is wrong where there is no chain.lock.
 *
 * @param place where it lies: of the mirror itself, or on a medium
 */
export async function chainSignature(mirror: Mirror, place: ChainRecords = mirror): Promise<CheckedSignature> {
  const file = chainLockFile(place);
  if (!(await isThere(file))) return { findings: [] };
  const next = signatureOf(nextOf(file));
  const signatures = [signatureOf(file), ...((await isThere(next)) ? [next] : [])];
  const medium = place === mirror ? undefined : place.content;
  return signatureOn(mirror, { file, signatures, what: 'chain.lock', medium });
}

/** @throws SEQ0626 when chain.lock is not signed as it has to be */
export async function requireChainSignature(mirror: Mirror): Promise<void> {
  const [wrong] = (await chainSignature(mirror)).findings.filter(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw new SeqmirrorError(wrong);
}
