import type {
  Arm,
  DroppedKeys,
  FallbackCause,
  GatePolicy,
  ReviewAdvice,
  ReviewRecord,
  ReviewSubmission,
  SkipReason,
} from '@torghut/contracts'
import { ControlName, HASH_VERSION, hashJson } from '@torghut/contracts'
import {
  ENGINE_VERSION,
  controlsInForce,
  denialBeforeAdvice,
  maySkipModel,
  proveReducing,
  settleVerdict,
} from '@torghut/gates'
import type { ControlsSnapshot } from '@torghut/gates'
import { failedRun, fallbackAdvice, reviewProvenance } from '@torghut/programs'
import type { CallCap, LoadedArtifact, ProgramRun } from '@torghut/programs'

import { reviewInstant } from '../clock.ts'
import type { Clock } from '../clock.ts'
import type { Deadline } from './deadline.ts'
import { PLACES } from './places.ts'
import type { Serving } from './serving-artifact.ts'

type SettledVerdict = ReturnType<typeof settleVerdict>

/** The stage of a review that no artifact was resolved for: nothing was served, so nothing wider may be claimed. */
const NO_STAGE = 'paper'

/** What a program run is given for one review. */
export interface RunTerms {
  nonce: string
  timeoutMs: number
  /** Whether the policy lets it use what nodes answered to the very same inputs before. */
  mayCache: boolean
}

/** What the story needs from outside, so that a test can tell it with other clocks, ids and models. */
export interface ReviewPorts {
  clock: Clock
  newId(): string
  newNonce(): string
  policy: GatePolicy
  policyHash: string
  programName: string
  signatureVersion: string
  model: string
  replayClock: boolean
  isSimulated(): boolean
  /** The hard switches as they stand now; asked again after the program, which may take seconds. */
  controls(): ControlsSnapshot
  /** False when a record of now would be lost with this container. */
  isDurable(): boolean
  /** The artifact of one decision, and its side of a rollout. */
  resolveArtifact(decisionId: string): Promise<Serving>
  /** Takes one of the runs the policy's cap allows; false when it leaves none. */
  takeProgramRun(cap: CallCap | null): boolean
  runProgram(artifact: LoadedArtifact, submission: ReviewSubmission, terms: RunTerms): Promise<ProgramRun>
  /** Runs the gates where a trace can see them; returns what they returned. */
  observeGates(settle: () => SettledVerdict): SettledVerdict
}

export interface ReviewInput {
  submission: ReviewSubmission
  dropped: DroppedKeys
  receivedAtMs: number
  deadline: Deadline
}

/**
 * The whole story of one review, from a parsed submission to the record that will be stored:
 * proved exits leave first, an order that gates deny anyway is not worth a model call, the program advises or the
 * fallback speaks, and the gates settle the verdict. Never throws for anything the program or the gateway does.
 */
export async function reviewDecision(input: ReviewInput, ports: ReviewPorts): Promise<ReviewRecord> {
  const { submission } = input
  const reducing = proveReducing(submission)
  const controls = ports.controls()
  const said = reducing.reducing ? skipped('reducing') : await hearProgram(input, ports, controls)
  const controlsThen = said.run === null ? controls : ports.controls()
  const decidedAt = instantOf(input, ports)
  const durable = ports.isDurable()
  const gatesStartedMs = ports.clock.monotonicMs()
  const settled = ports.observeGates(() =>
    settleVerdict({
      submission,
      reducing,
      advice: said.advice,
      fallbackCause: said.fallback?.cause ?? null,
      mandatoryRoles: said.artifact?.mandatoryRoles ?? [],
      policy: ports.policy,
      controls: controlsThen,
      llmSkipped: said.skipped,
      decidedAt: decidedAt.toISOString(),
      stage: said.artifact?.stage ?? NO_STAGE,
      durable,
    }),
  )
  const gatesMs = ports.clock.monotonicMs() - gatesStartedMs
  const basis = basisOf(submission, { decidedAt, said, controls: controlsThen, durable })
  return toRecord(input, ports, said, { ...settled, basis }, gatesMs)
}

/** The record a waiter commits when another owner of the same key did not finish in time: the fallback. */
export async function timedOutReview(input: ReviewInput, ports: ReviewPorts, detail: string): Promise<ReviewRecord> {
  return reviewDecision(input, {
    ...ports,
    resolveArtifact: () => Promise.resolve({ ok: false, cause: 'resource_exceeded', detail, arm: 'base' }),
  })
}

/** The record of a review that got no place: it asks no model, also when a place comes free meanwhile. */
export async function overloadedReview(input: ReviewInput, ports: ReviewPorts): Promise<ReviewRecord> {
  const run = failedRun('overloaded', `${PLACES} reviews of this process may ask a program at once`)
  return reviewDecision(input, { ...ports, runProgram: () => Promise.resolve(run) })
}

/** The record of a review that could only be kept where a restart loses it: it asks no model. */
export async function volatileReview(input: ReviewInput, ports: ReviewPorts): Promise<ReviewRecord> {
  const run = failedRun('resource_exceeded', 'No durable place for the record')
  return reviewDecision(input, { ...ports, isDurable: () => false, runProgram: () => Promise.resolve(run) })
}

/** What the program said, or why it did not, with everything a record tells about it. */
interface Said {
  advice: ReviewAdvice | null
  fallback: { cause: FallbackCause; detail: string } | null
  skipped: SkipReason | null
  artifact: LoadedArtifact | null
  arm: Arm
  run: ProgramRun | null
  programMs: number | null
}

const NOTHING_SAID: Said = { advice: null, fallback: null, skipped: null, artifact: null, arm: 'base', run: null, programMs: null }

function skipped(reason: SkipReason): Said {
  return { ...NOTHING_SAID, skipped: reason }
}

/**
 * Asks the program, unless a gate that needs no advice denies already (then an answer could change nothing) or a person
 * forced the fallback, be it while the program was answering.
 */
async function hearProgram(input: ReviewInput, ports: ReviewPorts, controls: ControlsSnapshot): Promise<Said> {
  const { submission } = input
  const decidedAt = instantOf(input, ports).toISOString()
  const denied = denialBeforeAdvice({ submission, policy: ports.policy, controls, decidedAt, stage: NO_STAGE, durable: ports.isDurable() })
  if (denied?.gate === 'controls') return skipped('kill_switch')
  if (denied !== null) return NOTHING_SAID
  if (isForced(submission, controls)) return forced(NOTHING_SAID)
  const said = await askProgram(input, ports)
  return isForced(submission, ports.controls()) ? forced(said) : said
}

function isForced(submission: ReviewSubmission, controls: ControlsSnapshot): boolean {
  return controlsInForce('force_deterministic', submission, controls).length > 0
}

function forced(said: Said): Said {
  return fellBack('force_deterministic', 'Control force_deterministic is on', said)
}

async function askProgram(input: ReviewInput, ports: ReviewPorts): Promise<Said> {
  const serving = await ports.resolveArtifact(input.submission.trade_decision_id)
  if (!serving.ok) return fellBack(serving.cause, serving.detail, {})
  const { artifact, arm } = serving
  if (artifact.executor === 'dspy_live') {
    if (isFast(input, ports, artifact)) return { ...skipped('fast_path'), artifact, arm }
    const cap = ports.policy.fast_path?.slow_calls ?? null
    if (!ports.takeProgramRun(cap)) return fellBack('overloaded', cappedDetail(cap), { artifact, arm })
  }
  const timeoutMs = input.deadline.programMs()
  if (timeoutMs <= 0) return fellBack('gateway_timeout', 'No time was left to ask the program', { artifact, arm })
  const startedMs = ports.clock.monotonicMs()
  const terms = { nonce: ports.newNonce(), timeoutMs, mayCache: ports.policy.caches_on_review_path }
  const run = await ports.runProgram(artifact, input.submission, terms)
  const programMs = ports.clock.monotonicMs() - startedMs
  if (!run.ok) return fellBack(run.cause, run.detail, { artifact, arm, run, programMs })
  return { ...NOTHING_SAID, advice: run.advice, artifact, arm, run, programMs }
}

/** Whether policy and request let this decision go without the model. The gates look at the same again. */
function isFast(input: ReviewInput, ports: ReviewPorts, { stage }: LoadedArtifact): boolean {
  const { submission } = input
  const decidedAt = instantOf(input, ports).toISOString()
  const now = { policy: ports.policy, controls: ports.controls(), decidedAt, durable: ports.isDurable() }
  return maySkipModel({ submission, stage, ...now })
}

function cappedDetail(cap: CallCap | null): string {
  return `This process may run the program ${cap?.per_minute ?? 0} times a minute`
}

function fellBack(cause: FallbackCause, detail: string, facts: Partial<Said>): Said {
  return { ...NOTHING_SAID, ...facts, advice: fallbackAdvice(cause), fallback: { cause, detail } }
}

function toRecord(
  input: ReviewInput,
  ports: ReviewPorts,
  said: Said,
  settled: Pick<ReviewRecord, 'verdict' | 'reason' | 'decision' | 'outcomes' | 'basis'>,
  gatesMs: number,
): ReviewRecord {
  const { submission, receivedAtMs } = input
  const reviewedAt = instantOf(input, ports)
  return {
    review_id: ports.newId(),
    trade_decision_id: submission.trade_decision_id,
    reviewed_at: reviewedAt.toISOString(),
    valid_until: validUntil(reviewedAt, submission, ports.policy.verdict_ttl_seconds),
    clock: ports.replayClock ? 'replay' : 'wall',
    ...settled,
    advice: said.advice,
    fallback: said.fallback,
    llm_skipped: said.skipped,
    lineage: lineageOf(submission, ports, said),
    provenance: reviewProvenance(said.run, said.fallback?.cause ?? null),
    usage: usageOf(said.run),
    dropped: { ...input.dropped, advice_keys: [...(said.run?.ignoredKeys ?? [])] },
    timings: {
      total_ms: roundMs(ports.clock.monotonicMs() - receivedAtMs),
      program_ms: said.programMs === null ? null : roundMs(said.programMs),
      first_token_ms: said.run?.firstTokenMs == null ? null : roundMs(said.run.firstTokenMs),
      gates_ms: roundMs(gatesMs),
    },
  }
}

/** Now, as the review knows it: the wall clock, or the decision's own time under a replay. */
function instantOf({ submission, receivedAtMs }: ReviewInput, ports: ReviewPorts): Date {
  const replay = ports.replayClock ? { eventAt: submission.request.decision.event_ts, receivedAtMs } : null
  return reviewInstant(ports.clock, replay)
}

function basisOf(
  submission: ReviewSubmission,
  { decidedAt, said, controls, durable }: { decidedAt: Date; said: Said; controls: ControlsSnapshot; durable: boolean },
): ReviewRecord['basis'] {
  const inForce = ControlName.options.flatMap((name) => controlsInForce(name, submission, controls))
  return {
    decided_at: decidedAt.toISOString(),
    mandatory_roles: [...(said.artifact?.mandatoryRoles ?? [])],
    controls: { as_of: controls.asOf, age_ms: controls.ageMs, in_force: inForce },
    durable,
  }
}

function usageOf(run: ProgramRun | null): ReviewRecord['usage'] {
  if (run === null || run.usage === null) return null
  return { tokens_prompt: run.usage.promptTokens, tokens_completion: run.usage.completionTokens }
}

function lineageOf(submission: ReviewSubmission, ports: ReviewPorts, said: Said): ReviewRecord['lineage'] {
  return {
    program_name: ports.programName,
    signature_version: ports.signatureVersion,
    artifact_hash: said.artifact?.hash ?? null,
    artifact_kind: said.artifact?.kind ?? null,
    executor: said.artifact?.executor ?? null,
    model: ports.model,
    simulated: ports.isSimulated(),
    prompt_hash: said.run?.promptHash ?? null,
    request_hash: hashJson(submission),
    response_hash: said.run?.responseHash ?? null,
    hash_version: HASH_VERSION,
    policy_hash: ports.policyHash,
    engine_version: ENGINE_VERSION,
    arm: said.arm,
    stage: said.artifact?.stage ?? NO_STAGE,
  }
}

/** A verdict lives for the policy's time to live, and never past the session it was given in. */
function validUntil(reviewedAt: Date, submission: ReviewSubmission, ttlSeconds: number): string {
  const byTtl = reviewedAt.getTime() + ttlSeconds * 1000
  const sessionEnd = submission.gate_state?.session.ends_at
  const bySession = sessionEnd == null ? byTtl : Math.max(reviewedAt.getTime(), Date.parse(sessionEnd))
  return new Date(Math.min(byTtl, bySession)).toISOString()
}

/** Whole microseconds: finer digits are noise, and shorter numbers keep the stored record small. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
