/**
 * seqmirror's use cases for programs. Each opens the mirror afresh, does one thing, and returns a value that says what
 * was done; nothing is printed. Errors that a person can do something about are SeqmirrorErrors.
 */
import { applyAdoption as applyOnly } from './adoption/apply-adoption';
import { mirrorSequence as mirrorOnly } from './mirroring/mirror-sequence';
import { renumberSequence as renumberOnly } from './mirroring/renumber-sequence';
import { reissueSequence as reissueOnly } from './repair/reissue';
import { applyRebuild as rebuildOnly } from './transfer/rebuild/rebuild-chain';
import { withUploadFiles } from './transfer/upload/upload-files';

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
export type { SitesStatus, SiteStanding, SiteStatusOptions, TransferInTransit } from './transfer/sites/site-status';
export { siteStatus } from './transfer/sites/site-status';
export type { Setback } from './transfer/sites/ledger';
export type { RollbackOptions, RollbackOutcome } from './transfer/sites/site-rollback';
export { rollbackSite } from './transfer/sites/site-rollback';
export type { UploadOptions, UploadOutcome } from './transfer/upload/upload-sequence';
export { uploadSequence } from './transfer/upload/upload-sequence';
export type { SiteUploadOptions, SiteUploadOutcome } from './transfer/upload/upload-to-site';
export { uploadToSite } from './transfer/upload/upload-to-site';
export type { BundleOptions, BundleOutcome } from './transfer/bundle/bundle';
export type { BundlePlan } from './transfer/bundle/bundle-plan';
export type { BundleKind } from './transfer/sites/transfer-record';
export { bundleSequence } from './transfer/bundle/bundle';
export { enclosedUploader } from './transfer/bundle/enclosed-uploader';
export type { RebuildOptions, RebuildOutcome, RebuildPlan } from './transfer/rebuild/rebuild-chain';
export { planRebuild } from './transfer/rebuild/rebuild-chain';
export const applyRebuild = withUploadFiles(rebuildOnly);
export type { AcknowledgeOptions, AcknowledgeOutcome, Answer } from './transfer/sites/acknowledge';
export { acknowledge } from './transfer/sites/acknowledge';
