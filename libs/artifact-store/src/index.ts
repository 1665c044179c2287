export { AuditWriter } from './audit/audit-writer.ts'
export type { AppendResult } from './audit/audit-writer.ts'
export { CHAINED_COLUMNS, chainRowHash, genesisHash } from './audit/chain-row-hash.ts'
export type { ChainedRow } from './audit/chain-row-hash.ts'
export type { ReviewEntry } from './audit/review-row.ts'
export type { ChainFault } from './audit/verify-row.ts'
export { BreakerTable } from './breaker-table.ts'
export {
  AuditQueueFullError,
  CursorInvalidError,
  EntryRejectedError,
  KeyReusedError,
  MigrationEditedError,
  MigrationLockTimeoutError,
  MigrationOutOfOrderError,
  ReviewNotFoundError,
  RoleMissingError,
  SchemaMismatchError,
  StoreUnavailableError,
  StoreUrlInvalidError,
  StoredReviewInvalidError,
  TooManyControlsError,
  WriterNotFoundError,
} from './errors.ts'
export { migrate } from './migrations/migrate.ts'
export type { MigrateOptions } from './migrations/migrate.ts'
export type { BreakerChange, StoredBreaker } from './queries/breaker-states.ts'
export type { RegisteredWriter, WriterFacts } from './queries/audit-writers.ts'
export type { ArtifactName, NewArtifact } from './queries/program-artifacts.ts'
export type { EvaluationWindow, ReviewEvaluation } from './queries/review-evaluation.ts'
export { KEY_LENGTH_MAX } from './queries/review-keys.ts'
export type { ClaimResult, KeyClaim } from './queries/review-keys.ts'
export type { ReviewFilter, ReviewPage } from './queries/reviews.ts'
export type { ControlPage, ControlSetting } from './queries/runtime-controls.ts'
export type { RoleFacts } from './queries/role.ts'
export type { ReviewListItem, StoredReview } from './queries/stored-review.ts'
export type { ChainReport } from './queries/verify-chain.ts'
export { openStore } from './store.ts'
export type { BreakersWatchOptions, ControlsWatchOptions, Store, StoreOptions } from './store.ts'
