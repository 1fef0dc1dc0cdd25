/**
 * seqmirror's use cases for programs. Each opens the mirror, does one thing, and returns a value that describes what
 * was done; nothing is printed. Errors that a person can act on are SeqmirrorErrors. docs/api.md says how to use them, and
 * what is stable. In the examples `location` is a MirrorLocation, and `run` a Run.
 */
export type { MirrorLocation } from './mirror/mirror';
export type { MirrorOutcome, MirrorSequenceOptions, SealedOutcome } from './mirroring/outcome';
export type { Run, SequenceRun } from './mirror/run';
export { mirrorSequence } from './mirroring/mirror-sequence';
export type { PlanOptions, PlanOutcome, SequencePlan } from './mirroring/plan/plan';
export { planMirroring } from './mirroring/plan/plan';
export type { SequenceCheck } from './chain/check-sequences';
export { checkSequences } from './chain/check-sequences';
export { sequenceFolder, sequenceFoldersUpTo } from './chain/sequence-folders';
export type { ListedSequence, SequenceListing } from './chain/list-sequences';
export { listSequences } from './chain/list-sequences';
export type { Check, Examination, ExamineOptions } from './doctor/doctor';
export { examine } from './doctor/doctor';
export type { ExportedSite, ExportOptions, ExportOutcome } from './export/export-resources';
export { exportResources } from './export/export-resources';
export type { DriftOptions, DriftOutcome } from './sites/registry-drift';
export { registryDrift } from './sites/registry-drift';
export type { ChainDiff, DiffOptions } from './chain/diff/diff';
export { diffSequences } from './chain/diff/diff';
export { clearLeftOvers } from './chain/clear-left-overs';
export type { RenumberOutcome } from './chain/renumber-sequence';
export { renumberSequence } from './chain/renumber-sequence';
export type { SignChainOutcome } from './chain/sign-chain';
export { signChain } from './chain/sign-chain';
export type { CountersignOutcome } from './mirror/signing/signing';
export { countersignChain } from './chain/countersign-chain';
export { countersignBundle } from './bundle/countersign-bundle';
export type { UnlockOutcome } from './chain/unlock-mirror';
export { unlockMirror } from './chain/unlock-mirror';
export type { VoidOutcome } from './chain/void-sequence';
export { voidSequence } from './chain/void-sequence';
export type { ReissueOptions, ReissueOutcome } from './reissue/reissue';
export type { ReissuePlan } from './reissue/reissue-plan';
export { reissueSequence } from './reissue/reissue';
export type { PruneOptions, PruneOutcome, PrunePlan } from './chain/prune/prune';
export { pruneMirror } from './chain/prune/prune';
export type {
  CopiedSequence,
  CopyOptions,
  CopyOutcome,
  CustodyListing,
  CustodyScope,
  SequenceCustody,
  VerifiedCopyOutcome,
  VerifyOptions,
  VerifyOutcome,
} from './chain/custody/custody';
export { copyArchives, listCustody, verifyCopies } from './chain/custody/custody';
export type { RestoreOptions, RestoreOutcome } from './chain/restore/restore';
export { restoreSequence } from './chain/restore/restore';
export { isSeqmirrorError, SeqmirrorError } from './system/errors';
export type { Finding } from './system/errors';
export type { Progress } from './system/progress';
export { silentProgress } from './system/progress';
export type { ValidateOptions } from './validation/validation';
export { validate } from './validation/validate';
export type { ValidationAnswer } from './validation/validate-together';
export { validateTogether } from './validation/validate-together';
export type { BrokenImage, Depth, SequenceVerdict, Validation, Verdict } from './validation/validation';
export type { Travels } from './validation/travels';
export type { AdoptionPlan, PlanAdoptionOptions, TakeMode } from './adoption/plan-adoption';
export { planAdoption } from './adoption/plan-adoption';
export type { AdoptionOutcome } from './adoption/apply-adoption';
export { applyAdoption } from './adoption/apply-adoption';
export type { SitesStatus, SiteStanding, SiteStatusOptions, TransferInTransit } from './sites/site-status';
export { siteStatus } from './sites/site-status';
export type { BundleKind, Setback } from './mirror/sites/sites';
export type { RollbackOptions, RollbackOutcome } from './sites/site-rollback';
export { rollbackSite } from './sites/site-rollback';
export type { RegistryRollbackOptions, RegistryRollbackOutcome, RegistryRollbackPlan } from './sites/registry-rollback';
export { rollbackRegistry } from './sites/registry-rollback';
export type { ApplyOptions, ApplyOutcome, PlannedStep } from './sites/cluster-plan';
export { applyResources } from './sites/cluster-plan';
export type { CleanupOptions, CleanupOutcome, CleanupPlan } from './sites/cleanup';
export { cleanUpRegistry } from './sites/cleanup';
export type { UploadOptions, UploadOutcome } from './upload/upload-sequence';
export { uploadSequence } from './upload/upload-sequence';
export type { SiteUploadOptions, SiteUploadOutcome } from './upload/upload-to-site';
export { uploadToSite } from './upload/upload-to-site';
export type { BundleOptions, BundleOutcome } from './bundle/bundle';
export type { BundlePlan } from './bundle/plan';
export { bundleSequence } from './bundle/bundle';
export { enclosedUploader } from './bundle/enclosed-uploader';
export type { RebuildOptions, RebuildOutcome, RebuildPlan } from './adoption/from-bundle/from-bundle';
export { applyRebuild, planRebuild } from './adoption/from-bundle/from-bundle';
export type { AcknowledgeOptions, AcknowledgeOutcome, Answer } from './sites/acknowledge';
export { acknowledge } from './sites/acknowledge';
export type { FilesInForce, MirrorInfo } from './info/info';
export { mirrorInfo } from './info/info';
export type { CustodyOfSequence, OperationFacts } from './info/operation-facts';
export { operationFacts, writeReport } from './info/operation-facts';
export type { RecordedSignature } from './reporting/recorded-signatures';
export type { ReportedChain, SequenceNews, SequenceOnRecord, TransferOnRecord } from './reporting/reported-chain';
export { reportedChain } from './reporting/reported-chain';
export type { Attached, ImageOnRecord, SequenceContent } from './reporting/sequence-contents';
export { sequenceContents } from './reporting/sequence-contents';
export { writeReportFiles } from './reporting/write-report-files';
export type { SettingInForce } from './info/settings-in-force';
