/**
 * The folder of a site, `sites/<name>/`, and what a site holds according to its ledger. Called by the use cases that
 * send, take in and report; stands on the records of the chain.
 */
export type { RecordedSequence } from './held';
export { entriesOutside, headOfChain, headWithin, heldBy, missingAt } from './held';
export { siteJsonSchemas } from './json-schemas';
export type { CleanedSequence, Ledger, LedgerEntry, Setback } from './ledger';
export {
  Confidence,
  confidences,
  emptyLedger,
  headOfLedger,
  ledgerBy,
  HeldIn,
  parseLedger,
  renderLedger,
  rolledBack,
  withEntry,
  withoutCleaned,
} from './ledger';
export {
  mediaPattern,
  parseSite,
  ReceiptHabit,
  registryPattern,
  renderSite,
  requireSiteName,
  Site,
  SiteName,
} from './site';
export { noSuchTransfer, notAcknowledgedEver } from './errors';
export type { KnownSite } from './site-files';
export {
  nextTransfer,
  readLedger,
  readSite,
  readTransfers,
  siteFolders,
  siteNames,
  sitePath,
  siteProjectName,
  writeLedger,
  writeTransfer,
  writeTransferOf,
} from './site-files';
export { BundleKind, parseTransfer, renderTransfer, Transfer, transferBytes, TransferId } from './transfer-record';
