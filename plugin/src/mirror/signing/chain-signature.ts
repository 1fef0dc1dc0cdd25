/**
 * chain.lock and the signature beside it, chain.lock.sig. No two files change at one moment, so the next signature comes
 * first, under a name of its own, and whoever verifies takes either:
 *
 *   1. chain.lock.next, and over it chain.lock.next.sig    crash: chain.lock.sig is still right
 *   2. chain.lock.next becomes chain.lock                  crash: chain.lock.next.sig is right
 *   3. chain.lock.next.sig becomes chain.lock.sig
 *   4. the former chain.lock.sig.2 goes                     crash: it is over another text, and does not count
 *
 * The next run that takes the mirror's lock does 3, or removes what 1 left.
 *
 * A signed chain.lock names its mirror and its head, so that its signature cannot be used for another mirror or a
 * bundle. Earlier versions did not write this, and signed for the purpose `seqmirror`: such signatures count, with a
 * warning, until this machine has signed in the present format. If signatures are required, they do not count.
 *
 * A bundle's chain.lock ends at its head and has no signature of its own: the signature over SHA256SUMS covers it.
 *
 * Our signature also vouches for the chain as it was before. So chain.lock is signed only if the former one was signed
 * as required, or this run wrote it, or a person asked for it with `sign`; otherwise it is written without a signature.
 */
import { join } from 'node:path';
import type { ChainLock } from '../../sequence/chain-lock';
import { chainStates, parseChainLock, renderChainLock } from '../../sequence/chain-lock';
import { writeFileAtomically } from '../../system/atomic-file';
import { move, removeFile, removeTree } from '../../system/change-folder';
import { findingOf, SeqmirrorError } from '../../system/errors';
import { isThere } from '../../system/files';
import { syncFolder, syncFile } from '../../system/sync';
import { readTextIfThere } from '../../system/text-file';
import { inData } from '../data-directory';
import { signingFailed } from '../errors';
import type { Mirror, ChainRecords } from '../mirror';
import { chainLockFile, chainLockLimit, chainLockName, forPeople, inTree } from '../mirror';
import type { Signer } from '../signer';
import { chainSignedAsBefore, signatureRefused } from './errors';
import { headSeen, rememberHead } from './seen-head';
import type { CheckedSignature } from './signed-file';
import { signatureOn, signersFile } from './signed-file';

const signatureOf = (file: string): string => `${file}.sig`;
const secondOf = (file: string): string => `${file}.sig.2`;
const nextOf = (file: string): string => `${file}.next`;

/** What this run has written: if two people have to sign, the run goes on from what only we have signed yet. */
const writtenHere = new WeakMap<Mirror, string>();

/**
 * Writes chain.lock, and signs it if the settings say so and its content was ours before. Call it with the mirror's
 * lock held.
 *
 * @param options.asked a person has asked for this signature, whoever wrote the content
 * @throws SEQ0625 when it has to be signed and cannot be; then it is unchanged
 */
export async function writeChainLock(
  mirror: Mirror,
  lock: ChainLock,
  { asked = false }: { asked?: boolean | undefined } = {},
): Promise<void> {
  const file = chainLockFile(mirror);
  const signer = await signerFor(mirror, chainLockName);
  if (signer === undefined || !(asked || (await isOursNow(mirror)))) {
    // The old signatures are for another text: no signature is better than a wrong one.
    for (const signature of [signatureOf(file), secondOf(file)]) await removeFile(inTree(mirror, signature));
    return writeFileAtomically(inTree(mirror, file), renderChainLock(lock));
  }
  const next = nextOf(file);
  const text = renderChainLock(lock, { mirror: mirror.settings.id });
  await writeFileAtomically(inTree(mirror, next), text);
  try {
    await syncFile(await signer.sign(next, { purpose: 'seqmirror-chain', shown: forPeople(mirror, file) }));
  } catch (error) {
    await discardNext(mirror, next);
    throw error;
  }
  await syncFolder(mirror.content);
  await move(inTree(mirror, next), inTree(mirror, file));
  await syncFolder(mirror.content);
  await replaceSignature(mirror, file);
  writtenHere.set(mirror, text);
  await rememberHead(mirror, lock);
}

async function isOursNow(mirror: Mirror): Promise<boolean> {
  const text = await readTextIfThere(inTree(mirror, chainLockFile(mirror)), { limit: chainLockLimit });
  if (text === undefined || text === writtenHere.get(mirror)) return true;
  return (await chainSignature(mirror)).findings.every(({ severity }) => severity !== 'error');
}

async function replaceSignature(mirror: Mirror, file: string): Promise<void> {
  await move(inTree(mirror, signatureOf(nextOf(file))), inTree(mirror, signatureOf(file)));
  await syncFolder(mirror.content);
  await removeFile(inTree(mirror, secondOf(file)));
}

/** Finishes what a killed run began. Call it with the mirror's lock held, before chain.lock is written. */
export async function finishChainSignature(mirror: Mirror): Promise<void> {
  const file = chainLockFile(mirror);
  const next = nextOf(file);
  await removeTree(inData(mirror.data, probeFolder(mirror)));
  if (await isThere(next)) return discardNext(mirror, next);
  if (!(await isThere(signatureOf(next)))) return;
  await replaceSignature(mirror, file);
}

/** Removes the signature first: alone it would be taken for the one of chain.lock. */
async function discardNext(mirror: Mirror, next: string): Promise<void> {
  await removeFile(inTree(mirror, signatureOf(next)));
  await removeFile(inTree(mirror, next));
}

/**
 * Finds out before hours of work whether chain.lock can be signed at the end.
 *
 * @throws SEQ0625
 */
export async function ensureCanSign(mirror: Mirror): Promise<void> {
  const signer = await signerFor(mirror, chainLockName);
  if (signer === undefined) return;
  const folder = probeFolder(mirror);
  const probe = join(folder, chainLockName);
  const text = (await readTextIfThere(inTree(mirror, chainLockFile(mirror)))) ?? '';
  await writeFileAtomically(inData(mirror.data, probe), text);
  await signer.sign(probe, { purpose: 'seqmirror-chain', shown: forPeople(mirror, chainLockFile(mirror)) });
  await removeTree(inData(mirror.data, folder));
}

function probeFolder({ data }: Mirror): string {
  return join(data.root, 'signing');
}

/**
 * The signer of a mirror; `undefined` if nothing is signed.
 *
 * @throws SEQ0625 when it has to be signed, and nothing says how
 */
export async function signerFor(mirror: Mirror, file: string): Promise<Signer | undefined> {
  const { settings, signer } = mirror;
  if (settings.signing !== undefined) return signer;
  const refuse = (why: string) => signingFailed({ file, signer: 'nobody', why, said: '' });
  if (settings.requireSignatures === true) throw refuse('seqmirror.yaml has requireSignatures, but no signing');
  const signers = signersFile(mirror);
  if (!(await isThere(signers))) return undefined;
  throw refuse(`${forPeople(mirror, signers)} lists accepted keys, but seqmirror.yaml has no signing`);
}

/**
 * Checks the signature over a chain.lock, by what a mirror trusts. A missing chain.lock is not an error.
 *
 * @param options.place where it is: in the mirror itself, or on a medium
 */
export async function chainSignature(
  mirror: Mirror,
  { place = mirror, allowUnsigned }: { place?: ChainRecords | undefined; allowUnsigned?: boolean | undefined } = {},
): Promise<CheckedSignature> {
  const file = chainLockFile(place);
  const text = await readTextIfThere(inTree(place, file), { limit: chainLockLimit });
  if (text === undefined) return { findings: [] };
  const next = signatureOf(nextOf(file));
  const signatures = [signatureOf(file), secondOf(file), ...((await isThere(next)) ? [next] : [])];
  const medium = place === mirror ? undefined : place.content;
  const shown = forPeople(mirror, file);
  const states = chainStates(text, parseChainLock(text, shown).lock, mirror.settings.id);
  const purpose = states === 'none' ? 'seqmirror' : 'seqmirror-chain';
  const signed = await signatureOn(mirror, {
    ...{ file, content: text, signatures, purpose, medium, allowUnsigned },
    what: 'chain.lock',
  });
  if (signed.by === undefined || states === 'this') return signed;
  const facts = { file: shown, signers: forPeople(mirror, signersFile(mirror)), mirror: mirror.name };
  if (states === 'another') {
    const why = `${signed.by} signed the chain of another mirror, or another head (the id of this mirror is ${mirror.settings.id})`;
    return { findings: [findingOf(signatureRefused({ ...facts, what: 'chain.lock', why }))] };
  }
  const isOutdated = mirror.settings.requireSignatures === true || (await headSeen(mirror)) !== undefined;
  const finding = findingOf(chainSignedAsBefore({ ...facts, by: signed.by, isOutdated }));
  return {
    findings: [{ ...finding, severity: isOutdated ? 'error' : 'warning' }],
    by: isOutdated ? undefined : signed.by,
  };
}

/** @throws SEQ0626 when chain.lock is not signed as required */
export async function requireChainSignature(mirror: Mirror): Promise<void> {
  const [wrong] = (await chainSignature(mirror)).findings.filter(({ severity }) => severity === 'error');
  if (wrong !== undefined) throw new SeqmirrorError(wrong);
}
