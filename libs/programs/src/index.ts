export type { AnswerField, AnswerFieldKind } from './answer/answer-field.ts'
export { ANSWER_SCHEMA_VERSION, describeAnswer } from './answer/answer-schema.ts'
export { decodeAnswer } from './answer/decode-answer.ts'
export type { DecodedAnswer } from './answer/decode-answer.ts'
export { decodeDecimal, encodeDecimal } from './answer/decimal-code.ts'
export { encodeAnswer, encodeAnswerJson } from './answer/encode-answer.ts'
export { extractFramedAnswer, findNonce, frameAnswer } from './answer/frame.ts'
export type { FramedAnswer } from './answer/frame.ts'
export { isUsableNonce, nonceFrom } from './answer/nonce.ts'
export { BAND_WORDS, NONE_WORD, ORDER_TYPE_WORDS, VERDICT_WORDS } from './answer/words.ts'
export type { ArtifactCause, ArtifactCode } from './artifact/artifact-code.ts'
export { BOOTSTRAP_ARTIFACT, BOOTSTRAP_HASH } from './artifact/bootstrap.ts'
export type { LoadedArtifact, LoadedBootstrap, LoadedProgram, MandatoryRole } from './artifact/loaded-artifact.ts'
export { seedArtifact, soloSeedArtifact } from './artifact/seed.ts'
export { verifyArtifact } from './artifact/verify-artifact.ts'
export type { ArtifactExpectations, VerifiedArtifact } from './artifact/verify-artifact.ts'
export { artifactBytes, defineProgram } from './authoring/define-program.ts'
export type { NodeTable, ProgramTable } from './authoring/define-program.ts'
export type { CacheEntry, CacheTags, CacheTier, TagFilter } from './cache/cache-tier.ts'
export { NodeCache, nodeCacheKey } from './cache/node-cache.ts'
export type { NodeCacheFilter, NodeCacheKey, NodeCacheRequest, NodeCacheTier } from './cache/node-cache.ts'
export { findCheckpoint, resumeOrRun } from './cache/run-checkpoints.ts'
export type { FinishedWork, NodeWork, RunCheckpoint, RunCheckpoints } from './cache/run-checkpoints.ts'
export { CACHE_BYTES_MAX, CACHE_ENTRIES_MAX, CACHE_TTL_MS } from './cache/tiered-cache.ts'
export type { CacheCounts, CacheOptions, CacheSource, Cached, Compute, Computed } from './cache/tiered-cache.ts'
export { ValidationCache, ValidationResult, validationCacheKey } from './cache/validation-cache.ts'
export type { ValidationCacheTier, ValidationKey } from './cache/validation-cache.ts'
export { calibrate } from './calibration/calibrate.ts'
export type { CalibratedProbabilities } from './calibration/calibrate.ts'
export { TooFewCalibrationRowsError } from './calibration/errors.ts'
export { CALIBRATION_ROWS_MIN, fitCalibrator } from './calibration/fit-calibrator.ts'
export type { CalibrationRow, CalibratorFit } from './calibration/fit-calibrator.ts'
export {
  InvalidDemonstrationError,
  NonceBytesError,
  ProgramGraphError,
  PromptTooLargeError,
  UncodableDecimalError,
  UnknownSignatureError,
  UnsafeInstructionsError,
  UnsafeWordsError,
  UnusableNonceError,
} from './errors.ts'
export type { GraphFault } from './errors.ts'
export { fallbackAdvice } from './executor/fallback.ts'
export { failedRun } from './executor/program-run.ts'
export type { ProgramPorts, ProgramRun, ProgramTrace } from './executor/program-run.ts'
export { runProgram } from './executor/run-program.ts'
export { runGraph } from './executor/run-graph.ts'
export type { GraphRun } from './executor/run-graph.ts'
export type { NodeRead, NodeRun } from './executor/run-node.ts'
export type { NodeFailure as CachedNodeFailure } from './executor/run-node.ts'
export { callsMax } from './graph/call-pattern.ts'
export { buildGraph } from './graph/build-graph.ts'
export type { Edge, GraphNode, GraphSource, ProgramGraph } from './graph/build-graph.ts'
export { fillHoles, listHoles } from './graph/holes.ts'
export { levelsOf } from './graph/levels.ts'
export { rewriteProgram } from './graph/rewrite.ts'
export type { RewritePass, RewrittenProgram } from './graph/rewrite.ts'
export { takeCall } from './fast-path/call-cap.ts'
export type { CallCap, CallTokens } from './fast-path/call-cap.ts'
export { DSPY_VERSIONS, exportDspyProgram } from './interchange/export-dspy.ts'
export { importDspyProgram } from './interchange/import-dspy.ts'
export type { DspyFinding, DspyImport } from './interchange/import-dspy.ts'
export type { DspyVersions } from './interchange/dspy-predictor.ts'
export { BudgetOwner, withAllowance } from './limits/budget-owner.ts'
export type {
  BudgetOwnerOptions,
  BudgetRefused,
  Grant,
  RunAllowance,
  RunTerms,
  SharedBudget,
} from './limits/budget-owner.ts'
export { RESOURCE_KINDS, RESOURCE_PRESETS, RunBudget, exceededReason, reviewLimits } from './limits/resource-limits.ts'
export type {
  ActualUse,
  Exceeded,
  ProjectedUse,
  Reservation,
  ResourceKind,
  ResourceLimits,
  ResourcePreset,
  ResourceStatus,
  RunUsage,
} from './limits/resource-limits.ts'
export { checkProvenance } from './provenance/check-provenance.ts'
export { reviewProvenance } from './provenance/review-provenance.ts'
export { artifactBreakerKey, gatewayBreakerKey, nodeBreakerKey } from './recovery/breaker-key.ts'
export { breakerPhase, closedBreaker, mayProbe, recordCalls, settleProbe, takeProbe } from './recovery/breaker.ts'
export type { BreakerPhase, BreakerSettings, ProbeResult } from './recovery/breaker.ts'
export { callEvidence, isLongEnough } from './recovery/call-evidence.ts'
export type { CallEvidence } from './recovery/call-evidence.ts'
export { NO_CALLS, ONE_FAILURE, ONE_SUCCESS, joinBatches } from './recovery/call-window.ts'
export type { CallBatch } from './recovery/call-window.ts'
export { circuitSnapshot } from './recovery/circuit-snapshot.ts'
export { classifyFailure } from './recovery/classify.ts'
export type { FailureClass } from './recovery/classify.ts'
export { NodeBreakers } from './recovery/node-breakers.ts'
export type { NodeAdmission, NodeBreakerPorts } from './recovery/node-breakers.ts'
export { RETRY_DEFAULTS, nextDelayMs, nodeRetryDelayMs } from './recovery/retry-policy.ts'
export type { NodeFailure, RetryPorts, RetrySettings } from './recovery/retry-policy.ts'
export { promptHash } from './render/prompt-hash.ts'
export { nodeInput } from './render/node-input.ts'
export { ADAPTER_VERSION, PROMPT_BYTES_MAX, renderMessages } from './render/render-messages.ts'
export type { RenderOptions } from './render/render-messages.ts'
export { counterThesis, riskCritic, signalSynthesis } from './signature/critics.ts'
export { list, optionalText, quantity, share, shares, text, word, wordField } from './signature/field.ts'
export type { Field } from './signature/field.ts'
export { memberFields } from './signature/member-fields.ts'
export { shapeOf } from './signature/node-shape.ts'
export { SIGNATURES, findSignature, signatureRegistry } from './signature/registry.ts'
export type { Signatures } from './signature/registry.ts'
export { anySignature, defineSignature } from './signature/signature.ts'
export type { AnswerCheck, AnySignature, NodeInputs, Signature, SignatureTable } from './signature/signature.ts'
export { ANSWER_FIELDS, tradeReview } from './signature/trade-review.ts'
