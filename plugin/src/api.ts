/**
 * seqmirror's use cases for programs. Each opens the mirror afresh, does one thing, and returns a value that says what
 * was done; nothing is printed. Errors that a person can do something about are SeqmirrorErrors.
 */
import { applyAdoption as applyOnly } from './adoption/apply-adoption';
import { applyRebuild as rebuildOnly } from './adoption/from-bundle/rebuild-chain';
import { withUploadFiles } from './bundle-format/upload-files';
import { renumberSequence as renumberOnly } from './chain/renumber-sequence';
import { mirrorSequence as mirrorOnly } from './mirroring/mirror-sequence';
import { reissueSequence as reissueOnly } from './reissue/reissue';

export type { MirrorLocation } from './mirror/mirror';
export type { MirrorOutcome, MirrorSequenceOptions, SealedOutcome } from './mirroring/mirror-sequence';
export type { Run, SequenceRun } from './mirror/run';
export const mirrorSequence = withUploadFiles(mirrorOnly);
export type { ListedSequence, SequenceListing } from './chain/list-sequences';
export { listSequences } from './chain/list-sequences';
export type { RenumberOutcome } from './chain/renumber-sequence';
export const renumberSequence = withUploadFiles(renumberOnly);
export type { SignChainOutcome } from './chain/sign-chain';
export { signChain } from './chain/sign-chain';
export type { UnlockOutcome } from './chain/unlock-mirror';
export { unlockMirror } from './chain/unlock-mirror';
export type { VoidOutcome } from './chain/void-sequence';
export { voidSequence } from './chain/void-sequence';
export type { ReissueOptions, ReissueOutcome } from './reissue/reissue';
export type { ReissuePlan } from './reissue/reissue-plan';
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
export type { SitesStatus, SiteStanding, SiteStatusOptions, TransferInTransit } from './sites/site-status';
export { siteStatus } from './sites/site-status';
export type { BundleKind, Setback } from './mirror/sites/sites';
export type { RollbackOptions, RollbackOutcome } from './sites/site-rollback';
export { rollbackSite } from './sites/site-rollback';
export type { UploadOptions, UploadOutcome } from './upload/upload-sequence';
export { uploadSequence } from './upload/upload-sequence';
export type { SiteUploadOptions, SiteUploadOutcome } from './upload/upload-to-site';
export { uploadToSite } from './upload/upload-to-site';
export type { BundleOptions, BundleOutcome } from './bundle/bundle';
export type { BundlePlan } from './bundle/bundle-plan';
export { bundleSequence } from './bundle/bundle';
export { enclosedUploader } from './bundle/enclosed-uploader';
export type { RebuildOptions, RebuildOutcome, RebuildPlan } from './adoption/from-bundle/rebuild-chain';
export { planRebuild } from './adoption/from-bundle/rebuild-chain';
export const applyRebuild = withUploadFiles(rebuildOnly);
export type { AcknowledgeOptions, AcknowledgeOutcome, Answer } from './sites/acknowledge';
export { acknowledge } from './sites/acknowledge';
