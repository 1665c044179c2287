import { randomUUID } from 'node:crypto'

import {
  HASH_VERSION,
  ReviewAdvice,
  ReviewRecord,
  ReviewSubmission,
  canonicalJson,
  hashJson,
} from '@torghut/contracts'
import { exampleGatePolicy } from '@torghut/contracts/testing'

import type { ReviewEntry } from '../audit/review-row.ts'

export interface SampleOptions {
  symbol?: string
  verdict?: 'approve' | 'veto' | 'adjust'
  adviceVerdict?: 'approve' | 'veto' | 'adjust' | 'abstain' | 'escalate' | null
  fallbackCause?: 'gateway_timeout' | 'breaker_open' | null
  arm?: 'base' | 'candidate'
  artifactHash?: string
  reason?: string | null
  eventTs?: string
  key?: string
  decisionId?: string
}

const policy = exampleGatePolicy()

/** Canonical bytes of the policy that `sampleEntry` reviews are judged by; save it before appending them. */
export const samplePolicyBytes: Uint8Array = Buffer.from(canonicalJson(policy))

/** A review ready to append, about a decision and under a key of its own unless told otherwise. */
export function sampleEntry(options: SampleOptions = {}): ReviewEntry {
  const decisionId = options.decisionId ?? randomUUID()
  const submission = sampleSubmission(decisionId, options)
  const record = sampleRecord(submission, options)
  return {
    idempotencyKey: options.key ?? decisionId,
    bodyHash: hashJson(submission),
    owner: randomUUID(),
    submission,
    record,
    knownAt: '2026-03-02T15:04:05.250Z',
    shadowOf: null,
    duplicateOf: null,
  }
}

function sampleSubmission(decisionId: string, options: SampleOptions): ReviewSubmission {
  return ReviewSubmission.parse({
    trade_decision_id: decisionId,
    request: {
      decision: {
        strategy_id: 'momentum-1',
        symbol: options.symbol ?? 'NVDA',
        action: 'buy',
        qty: '10.5',
        order_type: 'market',
        time_in_force: 'day',
        event_ts: options.eventTs ?? '2026-03-02T15:04:05.123456Z',
        timeframe: '1Min',
        rationale: 'Momentum — "breakout"',
      },
      portfolio: { equity: '100000.00', positions: [{ symbol: 'NVDA', qty: '3' }] },
      policy: {
        adjustment_allowed: true,
        min_qty_multiplier: '0.5',
        max_qty_multiplier: '1.0',
        allowed_order_types: ['market'],
      },
      trading_mode: 'paper',
      prompt_version: 'dspy:v1',
    },
  })
}

function sampleRecord(submission: ReviewSubmission, options: SampleOptions): ReviewRecord {
  const { verdict = 'approve', adviceVerdict = verdict, fallbackCause = null, reason = null } = options
  const order = { order_type: 'market', limit_price: null, stop_price: null }
  return ReviewRecord.parse({
    review_id: randomUUID(),
    trade_decision_id: submission.trade_decision_id,
    reviewed_at: '2026-03-02T15:04:06.000Z',
    valid_until: '2026-03-02T15:05:06.000Z',
    clock: 'wall',
    verdict,
    reason,
    decision: verdict === 'veto' ? null : { ...order, qty: verdict === 'adjust' ? '5.25' : '10.5' },
    advice: adviceVerdict === null ? null : sampleAdvice(adviceVerdict),
    outcomes: [{ gate: 'market-context', passed: true, evidence: { quality: 0.9 } }],
    fallback: fallbackCause === null ? null : { cause: fallbackCause, detail: 'as asked' },
    llm_skipped: null,
    lineage: sampleLineage(submission, options),
    basis: {
      decided_at: '2026-03-02T15:04:06.000Z',
      mandatory_roles: ['policy_judge'],
      controls: { as_of: '2026-03-02T15:04:06.000Z', age_ms: 0, in_force: [] },
      durable: true,
    },
    provenance: null,
    usage: { tokens_prompt: 900, tokens_completion: 120 },
    dropped: { params: 0, positions: 0, advice_keys: [] },
    timings: { total_ms: 41.5, program_ms: 40.25, first_token_ms: 12, gates_ms: 0.5 },
  })
}

function sampleAdvice(verdict: ReviewAdvice['verdict']): ReviewAdvice {
  const probabilities = { approve: 0.05, veto: 0.05, adjust: 0.05, abstain: 0.05, escalate: 0.05, [verdict]: 0.8 }
  return ReviewAdvice.parse({
    verdict,
    confidence: 0.81234,
    confidence_band: 'high',
    calibrated_probabilities: probabilities,
    uncertainty: { score: 0.19, band: 'low' },
    adjusted_qty: verdict === 'adjust' ? '5.25' : null,
    escalate_reason: verdict === 'escalate' ? 'a person should look' : null,
    rationale: 'Trend holds, {"braces"} and commas, too',
    risk_flags: ['gap_risk', 'quote "inside", and a comma'],
  })
}

function sampleLineage(submission: ReviewSubmission, options: SampleOptions) {
  const { arm = 'base', artifactHash = hashJson('sample artifact') } = options
  return {
    program_name: 'trade-review-committee-v1',
    signature_version: 'v1',
    artifact_hash: artifactHash,
    artifact_kind: 'seed',
    executor: 'dspy_live',
    model: 'gpt-5.3-codex-spark',
    simulated: true,
    prompt_hash: hashJson('prompt'),
    request_hash: hashJson(submission),
    response_hash: hashJson('answer'),
    hash_version: HASH_VERSION,
    policy_hash: hashJson(policy),
    engine_version: '0.1.0',
    arm,
    stage: 'paper',
  }
}
