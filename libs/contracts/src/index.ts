export { HASH_VERSION, canonicalJson, hashJson, sha256Hex } from './canonical/canonical-json.ts'
export type { Sha256Hex } from './canonical/canonical-json.ts'
export { inspectJson, isUnsafeText } from './canonical/inspect-json.ts'
export { legacyCompileHashes, legacyHash } from './canonical/legacy-hashes.ts'
export type { LegacyCompile } from './canonical/legacy-hashes.ts'
export { ArtifactNode, BootstrapArtifact, Demonstration, PROGRAM_KIND, ProgramArtifact } from './lifecycle/artifact.ts'
export { Problem } from './problem/problem.ts'
export { ValidationIssue, toValidationIssues } from './problem/validation-issue.ts'
export {
  CommitteeMember,
  CommitteeTrace,
  Probabilities,
  RATIONALE_LENGTH_MAX,
  ReviewAdvice,
  parseReviewAdvice,
} from './review/advice.ts'
export type { ParsedAdvice } from './review/advice.ts'
export { Receipt, ReviewAnswer, ReviewLineage, ReviewRecord, ReviewedOrder, TokenUsage } from './review/answer.ts'
export { CompactRegime, DecisionParams, RecentDecision, TradeDecision } from './review/decision.ts'
export { GateOutcome } from './review/gate-outcome.ts'
export { AdvicePolicy, ContextPolicy, FailMode, GatePolicy } from './review/gate-policy.ts'
export { MarketContext } from './review/market-context.ts'
export { Account, Portfolio, Positions } from './review/portfolio.ts'
export type { Position } from './review/portfolio.ts'
export { PROGRAM_OUTPUT_KEYS, ProgramOutput, parseProgramOutput } from './review/program-output.ts'
export type { ParsedProgramOutput } from './review/program-output.ts'
export { CallerPolicy, MarketSnapshot, ReviewRequest } from './review/request.ts'
export { GateState, OrderDetails, PendingOrder, ReviewSubmission, parseReviewSubmission } from './review/submission.ts'
export type { DroppedKeys, ParsedSubmission } from './review/submission.ts'
export { BatchAnswer, TradeResult, TradeResultBatch, tradeResultIssue } from './review/trade-result.ts'
export {
  AdviceVerdict,
  Arm,
  Band,
  CommitteeRole,
  FallbackCause,
  GatewayCause,
  OrderType,
  REQUIRED_CHECKS,
  SkipReason,
  Stage,
  TradeAction,
  TradingMode,
  Verdict,
} from './review/vocabulary.ts'
export { completionKey } from './runtime/completion.ts'
export type {
  ChatMessage,
  CompletionRequest,
  CompletionResult,
  CompletionTrace,
  CompletionTransport,
  CompletionUsage,
} from './runtime/completion.ts'
export { DEPRECATED_NAMES, EnvironmentSchema, parseEnvironment } from './runtime/environment.ts'
export type { ParsedEnvironment, RuntimeEnvironment } from './runtime/environment.ts'
export { parseJangarBaseUrl } from './runtime/jangar-base-url.ts'
export { Decimal, Sha256, Timestamp, Uuid } from './scalars.ts'
