/**
 * seqmirror's use cases for programs. Each opens the mirror afresh, does one thing, and returns a value that says what
 * was done; nothing is printed. Errors that a person can do something about are SeqmirrorErrors.
 */
import { applyAdoption as applyOnly } from './adoption/apply-adoption';
import { mirrorSequence as mirrorOnly } from './mirroring/mirror-sequence';
import { renumberSequence as renumberOnly } from './mirroring/renumber-sequence';
import { reissueSequence as reissueOnly } from './repair/reissue';
import { applyRebuild as rebuildOnly } from './transfer/rebuild-chain';
import { withUploadFiles } from './transfer/upload-files';

export type { MirrorLocation } from './mirroring/mirror';
export type { MirrorOutcome, MirrorSequenceOptions, SealedOutcome } from './mirroring/mirror-sequence';
export type { Run, SequenceRun } from './mirroring/run';
export const mirrorSequence = withUploadFiles(mirrorOnly);
export type { ListedSequence, SequenceListing } from './mirroring/list-sequences';
export { listSequences } from './mirroring/list-sequences';
export type { RenumberOutcome } from './mirroring/renumber-sequence';
export const renumberSequence = withUploadFiles(renumberOnly);
export type { SignChainOutcome } from './mirroring/sign-chain';
export { signChain } from './mirroring/sign-chain';
export type { UnlockOutcome } from './mirroring/unlock-mirror';
export { unlockMirror } from './mirroring/unlock-mirror';
export type { VoidOutcome } from './mirroring/void-sequence';
export { voidSequence } from './mirroring/void-sequence';
export type { ReissueOptions, ReissueOutcome } from './repair/reissue';
export type { ReissuePlan } from './repair/reissue-plan';
export const reissueSequence = withUploadFiles(reissueOnly);
export { isSeqmirrorError, SeqmirrorError } from './system/errors';
export type { Finding } from './system/errors';
export type { Progress } from './system/progress';
export { silentProgress } from './system/progress';
export type { ValidateOptions } from './validation/validate';
export { validate } from './validation/validate';
export type { BrokenImage, Depth, SequenceVerdict, Validation, Verdict } from './validation/validation';
export type { Travels } from './validation/travels';
export type { AdoptionPlan, PlanAdoptionOptions, Taking } from './adoption/plan-adoption';
export { planAdoption } from './adoption/plan-adoption';
export type { AdoptionOutcome } from './adoption/apply-adoption';
export const applyAdoption = withUploadFiles(applyOnly);
export type { SitesStatus, SiteStanding, SiteStatusOptions, TransferInTransit } from './transfer/site-status';
export { siteStatus } from './transfer/site-status';
export type { Setback } from './transfer/ledger';
export type { RollbackOptions, RollbackOutcome } from './transfer/site-rollback';
export { rollbackSite } from './transfer/site-rollback';
export type { UploadOptions, UploadOutcome } from './transfer/upload-sequence';
export { uploadSequence } from './transfer/upload-sequence';
export type { SiteUploadOptions, SiteUploadOutcome } from './transfer/upload-to-site';
export { uploadToSite } from './transfer/upload-to-site';
export type { BundleOptions, BundleOutcome } from './transfer/bundle';
export type { BundlePlan } from './transfer/bundle-plan';
export type { BundleKind } from './transfer/transfer-record';
export { bundleSequence } from './transfer/bundle';
export { enclosedUploader } from './transfer/enclosed-uploader';
export type { RebuildOptions, RebuildOutcome, RebuildPlan } from './transfer/rebuild-chain';
export { planRebuild } from './transfer/rebuild-chain';
export const applyRebuild = withUploadFiles(rebuildOnly);
export type { AcknowledgeOptions, AcknowledgeOutcome, Answer } from './transfer/acknowledge';
export { acknowledge } from './transfer/acknowledge';
