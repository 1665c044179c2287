export { HASH_VERSION, canonicalJson, hashJson, sha256Hex } from './canonical/canonical-json.ts'
export type { Sha256Hex } from './canonical/canonical-json.ts'
export { inspectJson, isUnsafeText } from './canonical/inspect-json.ts'
export { legacyCompileHashes, legacyHash } from './canonical/legacy-hashes.ts'
export type { LegacyCompile } from './canonical/legacy-hashes.ts'
export { readJson } from './canonical/read-json.ts'
export type { ReadJson } from './canonical/read-json.ts'
export { UnusableRunPrefixError } from './errors.ts'
export { AgentRunKey, AgentRunRequest, agentRunKey, agentRunRequest, parseAgentRunRequest } from './lifecycle/agent-run.ts'
export type { AgentRunOrder, ParsedAgentRun } from './lifecycle/agent-run.ts'
export { APPROVAL_LIFETIME_MAX_MS, Approval, ApprovalTerms, approvalPayload } from './lifecycle/approval.ts'
export { ArtifactKind, ArtifactNode, BootstrapArtifact, Demonstration, PROGRAM_KIND, ProgramArtifact } from './lifecycle/artifact.ts'
export { DenylistEntry } from './lifecycle/denylist.ts'
export { CountedShare, EvalReport, EvalReportRef, evalReportRef } from './lifecycle/eval-report.ts'
export { Feedback, FeedbackBatch } from './lifecycle/feedback.ts'
export { LANE_SPECS, Lane, LaneRun } from './lifecycle/lane.ts'
export { PinsFile } from './lifecycle/pins.ts'
export { PromotionBundle, promotionBundle, readPromotionBundle } from './lifecycle/promotion-bundle.ts'
export type { BundleFault, PromotionParts, ReadBundle } from './lifecycle/promotion-bundle.ts'
export { PromotionRecord } from './lifecycle/promotion.ts'
export { ROLLOUT_STEPS, Rollout, RolloutEvent, RolloutEventName, RolloutState, RolloutStep } from './lifecycle/rollout.ts'
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
export { DecisionBasis } from './review/decision-basis.ts'
export { CompactRegime, DecisionParams, RecentDecision, TradeDecision } from './review/decision.ts'
export { GateOutcome } from './review/gate-outcome.ts'
export { AdvicePolicy, ContextPolicy, FailMode, GatePolicy } from './review/gate-policy.ts'
export { Citation, ContextDomain, MarketContext } from './review/market-context.ts'
export { Account, Portfolio, Positions } from './review/portfolio.ts'
export type { Position } from './review/portfolio.ts'
export { PROGRAM_OUTPUT_KEYS, ProgramOutput, parseProgramOutput } from './review/program-output.ts'
export type { ParsedProgramOutput } from './review/program-output.ts'
export { FieldProvenance, NodeCall, NodeProvenance, Provenance } from './review/provenance.ts'
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
export { BREAKER_BUCKETS, BreakerState, CIRCUIT_ERRORS_MAX, CircuitSnapshot } from './runtime/breaker.ts'
export { CompletionLedgerRow } from './runtime/completion-ledger.ts'
export { completionKey } from './runtime/completion.ts'
export type {
  ChatMessage,
  CompletionRequest,
  CompletionResult,
  CompletionTrace,
  CompletionTransport,
  CompletionUsage,
} from './runtime/completion.ts'
export { ControlChange, ControlName, ControlScope, RuntimeControl, controlChangeIssue } from './runtime/control.ts'
export type { EffectiveContract } from './runtime/effective-contract.ts'
export { contradictionLines } from './runtime/environment-rules.ts'
export { EnvironmentSchema, parseEnvironment } from './runtime/environment.ts'
export type { ParsedEnvironment, RuntimeEnvironment } from './runtime/environment.ts'
export { FALLBACK_CAUSES } from './runtime/fallback-causes.ts'
export type { BreakerScope, FallbackRow } from './runtime/fallback-causes.ts'
export { DEPRECATED_NAMES, GUARDRAIL_NAMES, isRefusedName } from './runtime/guardrail-names.ts'
export type { GuardrailName } from './runtime/guardrail-names.ts'
export { parseJangarBaseUrl } from './runtime/jangar-base-url.ts'
export { Decimal, NonNegativeDecimal, PositiveDecimal, Sha256, Timestamp, Uuid } from './scalars.ts'
