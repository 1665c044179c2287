export type { AuditRow } from './audit/audit-row.ts'
export { deriveColumns } from './audit/derived-columns.ts'
export type { ChainPlace, DerivedColumns } from './audit/derived-columns.ts'
export { CHAINED_COLUMNS, chainRowHash, genesisHash } from './audit/row-hash.ts'
export type { ChainedRow } from './audit/row-hash.ts'
export { verifyRow } from './audit/verify-row.ts'
export type { RowFault } from './audit/verify-row.ts'
export { HASH_VERSION, canonicalJson, hashJson, sha256Hex } from './canonical/canonical-json.ts'
export type { Sha256Hex } from './canonical/canonical-json.ts'
export { inspectJson, isUnsafeText } from './canonical/inspect-json.ts'
export { legacyCompileHashes, legacyHash } from './canonical/legacy-hashes.ts'
export type { LegacyCompile } from './canonical/legacy-hashes.ts'
export { readJson } from './canonical/read-json.ts'
export type { ReadJson } from './canonical/read-json.ts'
export { UnusableRunPrefixError } from './errors.ts'
export { Actor, Reason } from './lifecycle/actor.ts'
export { AgentRunKey, AgentRunRequest, agentRunKey, agentRunRequest, parseAgentRunRequest } from './lifecycle/agent-run.ts'
export type { AgentRunOrder, ParsedAgentRun } from './lifecycle/agent-run.ts'
export { APPROVAL_LIFETIME_MAX_MS, Approval, ApprovalTerms, approvalPayload } from './lifecycle/approval.ts'
export {
  ArtifactKind,
  ArtifactNode,
  BootstrapArtifact,
  CallPattern,
  Demonstration,
  PROGRAM_KIND,
  ProgramArtifact,
  SAMPLES_MAX,
} from './lifecycle/artifact.ts'
export { CALIBRATOR_UNITS, Calibrator } from './lifecycle/calibrator.ts'
export {
  DatasetManifest,
  DatasetRow,
  DatasetSelection,
  LabelBasis,
  LeakKind,
  ResultLabel,
  RowMark,
  Segment,
  SourceRef,
  SplitManifest,
  SplitRule,
} from './lifecycle/dataset.ts'
export type { RowLabels } from './lifecycle/dataset.ts'
export { DenylistEntry } from './lifecycle/denylist.ts'
export { FailureAnalysis, FailureKind, ReproducibilityBundle } from './lifecycle/eval-files.ts'
export { CountedShare, EvalReport, EvalReportRef, evalReportRef } from './lifecycle/eval-report.ts'
export { BaselineName, LabelClass, RegimeBucket, labelClass, regimeBucket } from './lifecycle/eval-vocabulary.ts'
export { Feedback, FeedbackBatch } from './lifecycle/feedback.ts'
export { LANE_SPECS, Lane, LaneRun } from './lifecycle/lane.ts'
export { FIRST_WINDOW_CEILING, MetricPolicy, SCHEMA_VALIDITY_FLOOR } from './lifecycle/metric-policy.ts'
export { Calibration, EvalScores, MetricsReport, NetScore, PairedDifference } from './lifecycle/metrics-report.ts'
export type { JudgedMetrics } from './lifecycle/metrics-report.ts'
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
export {
  ChainReceipt,
  JournalReceipt,
  Receipt,
  ReviewAnswer,
  ReviewLineage,
  ReviewRecord,
  ReviewedOrder,
  TokenUsage,
} from './review/answer.ts'
export { DecisionBasis } from './review/decision-basis.ts'
export { CompactRegime, DecisionParams, RecentDecision, TradeDecision } from './review/decision.ts'
export { DEFAULT_FAST_PATH_POLICY, FastPathPolicy } from './review/fast-path-policy.ts'
export { GateOutcome } from './review/gate-outcome.ts'
export { ContextDomainName, GateLimits, RegimeAction, RegimePolicy, SymbolLimits } from './review/gate-limits.ts'
export { AdvicePolicy, ContextPolicy, FailMode, GatePolicy, PolicyLimits, PolicySettings } from './review/gate-policy.ts'
export { PolicyFile, closedGatePolicy, composeGatePolicy, limitsFor } from './review/policy-file.ts'
export type { ComposedPolicy, PolicyFault } from './review/policy-file.ts'
export { Citation, ContextDomain, MarketContext } from './review/market-context.ts'
export { Account, Portfolio, Positions } from './review/portfolio.ts'
export type { Position } from './review/portfolio.ts'
export { PROGRAM_OUTPUT_KEYS, ProgramOutput, parseProgramOutput } from './review/program-output.ts'
export type { ParsedProgramOutput } from './review/program-output.ts'
export { FieldProvenance, NodeCall, NodeProvenance, NodeRead, Provenance } from './review/provenance.ts'
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
export { ControlChange, ControlName, ControlScope, RuntimeControl, SYSTEM_ACTOR, controlChangeIssue } from './runtime/control.ts'
export type { EffectiveContract } from './runtime/effective-contract.ts'
export { contradictionLines } from './runtime/environment-rules.ts'
export { EnvironmentSchema, parseEnvironment } from './runtime/environment.ts'
export type { ParsedEnvironment, RuntimeEnvironment } from './runtime/environment.ts'
export { FALLBACK_CAUSES } from './runtime/fallback-causes.ts'
export type { BreakerScope, FallbackRow } from './runtime/fallback-causes.ts'
export { DEPRECATED_NAMES, GUARDRAIL_NAMES, isRefusedName } from './runtime/guardrail-names.ts'
export type { GuardrailName } from './runtime/guardrail-names.ts'
export { parseJangarBaseUrl } from './runtime/jangar-base-url.ts'
export { Decimal, JsonMap, NonNegativeDecimal, PositiveDecimal, Sha256, Timestamp, UnitInterval, Uuid } from './scalars.ts'
