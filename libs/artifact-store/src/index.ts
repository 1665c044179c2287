export { archiveMonth } from './archive-month.ts'
export type { ArchivedMonth } from './archive-month.ts'
export { AuditWriter } from './audit/audit-writer.ts'
export type { AppendResult } from './audit/audit-writer.ts'
export type { DrainOutcome, DrainWriter, JournalledEntry } from './audit/drain-writer.ts'
export type { ReviewEntry } from './audit/review-row.ts'
export type { ChainFault } from './audit/verify-row.ts'
export { BreakerTable } from './breaker-table.ts'
export { CheckpointTable } from './checkpoint-table.ts'
export type { CheckpointTurn } from './checkpoint-table.ts'
export { NodeCacheTable, ValidationCacheTable } from './cache-table.ts'
export {
  ArchiveRefusedError,
  AuditQueueFullError,
  CopyFormatError,
  CursorInvalidError,
  EntryRejectedError,
  KeyReusedError,
  MigrationEditedError,
  MigrationLockTimeoutError,
  MigrationOutOfOrderError,
  ReviewArchivedError,
  ReviewNotFoundError,
  RoleMissingError,
  RolloutMovedError,
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
export type { CacheRow, CacheRowTags } from './queries/cache-entries.ts'
export type { NewCheckpoint, StoredHead } from './queries/audit-checkpoints.ts'
export type { AuditLogName, AuditLogRow } from './queries/audit-logs.ts'
export type { RegisteredWriter, WriterFacts } from './queries/audit-writers.ts'
export type { DenialEntry } from './queries/denylist.ts'
export type { ArtifactListItem, ArtifactName, ArtifactPage, NewArtifact } from './queries/program-artifacts.ts'
export type { StoredCheckpoint } from './queries/program-runs.ts'
export type { EvaluationWindow, ReviewEvaluation } from './queries/review-evaluation.ts'
export { KEY_LENGTH_MAX } from './queries/review-keys.ts'
export type { ClaimResult, KeyClaim } from './queries/review-keys.ts'
export type { ReviewFilter, ReviewPage } from './queries/reviews.ts'
export type { ControlPage, ControlSetting } from './queries/runtime-controls.ts'
export type { RoleFacts } from './queries/role.ts'
export type { RolloutEntry, RolloutScope, Routing, StoredRollout } from './queries/rollouts.ts'
export type { ReviewListItem, StoredReview } from './queries/stored-review.ts'
export type { ChainReport } from './queries/verify-chain.ts'
export { RunCheckpointTable } from './run-checkpoint-table.ts'
export type { RolloutTable } from './rollout-table.ts'
export { AuditReader } from './reading/audit-reader.ts'
export type { AuditCheckpoint, AuditReaderOptions, ChainRange, StoredChain, Stretch } from './reading/audit-reader.ts'
export { openStore } from './store.ts'
export type { BreakersWatchOptions, ControlsWatchOptions, RolloutsWatchOptions, Store, StoreOptions } from './store.ts'
