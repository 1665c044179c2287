export { ANSWER_FIELDS, ANSWER_SCHEMA_VERSION, describeAnswer } from './answer/answer-schema.ts'
export type { AnswerField, AnswerFieldKind } from './answer/answer-schema.ts'
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
export { seedArtifact } from './artifact/seed.ts'
export { verifyArtifact } from './artifact/verify-artifact.ts'
export type { ArtifactExpectations, VerifiedArtifact } from './artifact/verify-artifact.ts'
export {
  InvalidDemonstrationError,
  NonceBytesError,
  PromptTooLargeError,
  UncodableDecimalError,
  UnsafeInstructionsError,
  UnusableNonceError,
} from './errors.ts'
export { fallbackAdvice } from './executors/fallback.ts'
export { failedRun } from './executors/program-run.ts'
export type { ProgramPorts, ProgramRun, ProgramTrace } from './executors/program-run.ts'
export { runProgram } from './executors/run-program.ts'
export { artifactBreakerKey, gatewayBreakerKey } from './recovery/breaker-key.ts'
export { breakerPhase, closedBreaker, mayProbe, recordCalls, settleProbe, takeProbe } from './recovery/breaker.ts'
export type { BreakerPhase, BreakerSettings, ProbeResult } from './recovery/breaker.ts'
export { callEvidence, isLongEnough } from './recovery/call-evidence.ts'
export type { CallEvidence } from './recovery/call-evidence.ts'
export { NO_CALLS, ONE_FAILURE, ONE_SUCCESS, joinBatches } from './recovery/call-window.ts'
export type { CallBatch } from './recovery/call-window.ts'
export { circuitSnapshot } from './recovery/circuit-snapshot.ts'
export { promptHash } from './render/prompt-hash.ts'
export { ADAPTER_VERSION, PROMPT_BYTES_MAX, renderMessages } from './render/render-messages.ts'
