import { randomUUID } from 'node:crypto'

import { HASH_VERSION, hashJson } from '@torghut/contracts'
import type { CompletionTransport, GatePolicy, ReviewRecord, ReviewSubmission } from '@torghut/contracts'
import { ENGINE_VERSION, denialBeforeAdvice, proveReducing, settleVerdict } from '@torghut/gates'
import type { ControlsSnapshot, SettledVerdict } from '@torghut/gates'
import { nonceFrom, runProgram } from '@torghut/programs'
import type { LoadedArtifact, ProgramRun } from '@torghut/programs'

import { BenchInvalidError } from '../errors.ts'
import { parseBody } from './bench-submission.ts'

export interface StoryParts {
  artifact: LoadedArtifact
  model: string
  transport: CompletionTransport
  policy: GatePolicy
  policyHash: string
}

export interface ToldReview {
  bodyHash: string
  submission: ReviewSubmission
  record: ReviewRecord
}

/** Far above what a simulated answer takes, so that a busy machine does not turn reviews into fallbacks. */
const PROGRAM_TIMEOUT_MS = 20_000

/**
 * The work of one review from the text of its body to its record, with the libs the API is made of and nothing stored.
 * Apps are never imported, so the order of calls is repeated here. Throws `BenchInvalidError` when the program fails:
 * a fallback is not the path that is to be measured.
 */
export async function tellReview(bodyText: string, parts: StoryParts): Promise<ToldReview> {
  const startedMs = performance.now()
  const body: unknown = JSON.parse(bodyText)
  const { submission } = parseBody(body)
  const controls = controlsNow()
  const reducing = proveReducing(submission)
  const basis = { controls, decidedAt: controls.asOf, stage: 'paper', durable: true } as const
  denialBeforeAdvice({ submission, policy: parts.policy, ...basis })
  const run = await askProgram(submission, parts)
  const settled = settleVerdict({
    submission,
    reducing,
    advice: run.advice,
    fallbackCause: null,
    mandatoryRoles: parts.artifact.mandatoryRoles,
    policy: parts.policy,
    llmSkipped: null,
    ...basis,
  })
  return { bodyHash: hashJson(body), submission, record: toRecord(submission, parts, run, settled, startedMs) }
}

/** Controls that were just read and are all off. */
export function controlsNow(): ControlsSnapshot {
  return { asOf: new Date().toISOString(), ageMs: 0, controls: [] }
}

type AnsweredRun = Extract<ProgramRun, { ok: true }>

async function askProgram({ request }: ReviewSubmission, parts: StoryParts): Promise<AnsweredRun> {
  const { artifact, transport, model } = parts
  const nonce = nonceFrom(crypto.getRandomValues(new Uint8Array(24)))
  const run = await runProgram(artifact, request, {
    transport,
    model,
    nonce,
    timeoutMs: PROGRAM_TIMEOUT_MS,
    monotonicMs: () => performance.now(),
  })
  if (!run.ok) throw new BenchInvalidError('a review', `the program failed with ${run.cause}: ${run.detail}`)
  return run
}

function toRecord(
  submission: ReviewSubmission,
  parts: StoryParts,
  run: AnsweredRun,
  settled: SettledVerdict,
  startedMs: number,
): ReviewRecord {
  const reviewedAt = new Date()
  const { totalMs: program_ms, firstTokenMs: first_token_ms } = run
  return {
    review_id: randomUUID(),
    trade_decision_id: submission.trade_decision_id,
    reviewed_at: reviewedAt.toISOString(),
    valid_until: new Date(reviewedAt.getTime() + parts.policy.verdict_ttl_seconds * 1000).toISOString(),
    clock: 'wall',
    ...settled,
    advice: run.advice,
    fallback: null,
    llm_skipped: null,
    lineage: lineageOf(submission, parts, run),
    basis: {
      decided_at: reviewedAt.toISOString(),
      mandatory_roles: [...run.mandatoryRoles],
      controls: { as_of: reviewedAt.toISOString(), age_ms: 0, in_force: [] },
      durable: true,
    },
    provenance: run.provenance,
    usage: run.usage && { tokens_prompt: run.usage.promptTokens, tokens_completion: run.usage.completionTokens },
    dropped: { params: 0, positions: 0, advice_keys: [...run.ignoredKeys] },
    timings: { total_ms: performance.now() - startedMs, program_ms, first_token_ms, gates_ms: 0 },
  }
}

function lineageOf(submission: ReviewSubmission, parts: StoryParts, run: AnsweredRun): ReviewRecord['lineage'] {
  const { artifact, model, policyHash } = parts
  return {
    program_name: artifact.programName,
    signature_version: artifact.signatureVersion,
    artifact_hash: artifact.hash,
    artifact_kind: artifact.kind,
    executor: artifact.executor,
    model,
    simulated: true,
    prompt_hash: run.promptHash,
    request_hash: hashJson(submission),
    response_hash: run.responseHash,
    hash_version: HASH_VERSION,
    policy_hash: policyHash,
    engine_version: ENGINE_VERSION,
    arm: 'base',
    stage: 'paper',
  }
}
