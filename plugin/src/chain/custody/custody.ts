/** Lists who has the archives of sequences, copies archives to other places, and verifies the copies. */
export type { CopiedSequence, CopyOptions, CopyOutcome } from './copy-archives';
export { copyArchives } from './copy-archives';
export type { CustodyListing, CustodyScope, SequenceCustody } from './list-custody';
export { listCustody } from './list-custody';
export type { VerifiedCopyOutcome, VerifyOptions, VerifyOutcome } from './verify-copies';
export { verifyCopies } from './verify-copies';
