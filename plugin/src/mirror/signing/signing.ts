/**
 * Which signatures count for a mirror, and which of its files are signed. Called by all that seals, validates, bundles
 * and takes in receipts; stands on mirror/signer.ts, which runs the signing program.
 */
export {
  chainSignature,
  ensureCanSign,
  finishChainSignature,
  requireChainSignature,
  signerFor,
  writeChainLock,
} from './chain-signature';
export type { SignatureAnswer } from './counted-signature';
export { askSignature } from './counted-signature';
export { nothingToSign, secondNotPossible, signatureMissing, signatureRefused } from './errors';
export type { CountersignOutcome } from './second-signature';
export { asOfFirst, secondSigner, signSecond } from './second-signature';
export type { SeenHead } from './seen-head';
export { headSeen, rememberHead } from './seen-head';
export { countedBy, signatureOn, signersFile } from './signed-file';
export { requireUnsignedAllowed } from './unsigned-content';
