import { ControlName, ReviewAdvice, ReviewRecord, ReviewSubmission, canonicalJson, hashJson } from '@torghut/contracts'
import type { GatePolicy, RuntimeControl } from '@torghut/contracts'
import { exampleGatePolicy, exampleSubmission } from '@torghut/contracts/testing'
import { ENGINE_VERSION, controlsInForce, proveReducing, settleVerdict } from '@torghut/gates'
import type { ControlsSnapshot } from '@torghut/gates'
import fc from 'fast-check'

import { sampleReview } from './sample-rows.ts'

/** A review that was settled as the running service settles one, with the policy that judged it. */
export interface SettledReview {
  submission: ReviewSubmission
  record: ReviewRecord
  policyBytes: Buffer
}

const DECIDED_AT = '2026-02-27T15:31:01.000Z'

/**
 * Reviews of every kind: both sides, all order types, exits, halts, fallbacks, missing state, other policies and stages;
 * settled by the gates from live evidence and then written down.
 */
export function settledReviews(): fc.Arbitrary<SettledReview> {
  const drawn = { body: bodies(), policy: policies(), advice: fc.option(advices(), { freq: 6 }), controls: snapshots(), rest: rests() }
  return fc.record(drawn).map(settle)
}

type Drawn = {
  body: ReviewSubmission
  policy: GatePolicy
  advice: ReviewAdvice | null
  controls: ControlsSnapshot
  rest: { fallback: boolean; durable: boolean; stage: 'paper' | 'shadow' | 'constrained_live' | 'scaled_live'; mandatory: boolean }
}

function settle({ body: submission, policy, advice, controls, rest }: Drawn): SettledReview {
  const reducing = proveReducing(submission)
  const said = reducing.reducing === true ? null : advice
  const fallbackCause = said !== null && rest.fallback ? ('gateway_timeout' as const) : null
  const llmSkipped = reducing.reducing === true ? ('reducing' as const) : null
  const mandatoryRoles = rest.mandatory ? (['policy_judge'] as const) : []
  const { stage, durable } = rest
  const settled = settleVerdict({
    ...{ submission, reducing, advice: said, fallbackCause, llmSkipped, mandatoryRoles, policy, controls },
    ...{ decidedAt: DECIDED_AT, stage, durable },
  })
  const policyBytes = Buffer.from(canonicalJson(policy))
  const { record } = sampleReview()
  const inForce = ControlName.options.flatMap((name) => controlsInForce(name, submission, controls))
  const written = {
    ...record,
    ...settled,
    trade_decision_id: submission.trade_decision_id,
    advice: said,
    fallback: fallbackCause === null ? null : { cause: fallbackCause, detail: 'too late' },
    llm_skipped: llmSkipped,
    lineage: { ...record.lineage, request_hash: hashJson(submission), policy_hash: hashJson(policy), engine_version: ENGINE_VERSION, stage },
    basis: {
      decided_at: DECIDED_AT,
      mandatory_roles: [...mandatoryRoles],
      controls: { as_of: controls.asOf, age_ms: controls.ageMs, in_force: inForce },
      durable,
    },
  }
  return { submission, record: ReviewRecord.parse(JSON.parse(canonicalJson(written))), policyBytes }
}

function bodies(): fc.Arbitrary<ReviewSubmission> {
  const position = fc.record({ symbol: fc.constantFrom('NVDA', 'AMD'), qty: decimal(20), side: fc.constantFrom('long', 'short') })
  return fc
    .record({
      id: fc.uuid(),
      action: fc.constantFrom('buy', 'sell'),
      qty: fc.oneof({ weight: 1, arbitrary: decimal(2_000) }, { weight: 3, arbitrary: fc.constantFrom('10', '14', '16', '20.50') }),
      orderType: fc.constantFrom('market', 'market', 'market', 'limit', 'stop', 'stop_limit'),
      price: fc.option(fc.oneof(decimal(400), fc.constantFrom('182.40', '182.45', '183')), { freq: 6 }),
      positions: fc.array(position, { maxLength: 2 }),
      hasOrder: often,
      hasState: often,
      halted: often.map((value) => !value),
      hasContext: often,
      mode: fc.constantFrom('paper', 'paper', 'paper', 'live'),
    })
    .map((drawn) => {
      const body = exampleSubmission()
      const price = drawn.price
      return ReviewSubmission.parse({
        ...body,
        trade_decision_id: drawn.id,
        order: drawn.hasOrder ? { limit_price: price, stop_price: price, reduce_only: drawn.halted } : null,
        gate_state: drawn.hasState ? { ...body.gate_state, instrument: { ...body.gate_state.instrument, halted: drawn.halted } } : null,
        request: {
          ...body.request,
          trading_mode: drawn.mode,
          positions: drawn.positions,
          market_context: drawn.hasContext ? body.request.market_context : null,
          decision: { ...body.request.decision, action: drawn.action, qty: drawn.qty, order_type: drawn.orderType },
        },
      })
    })
}

function policies(): fc.Arbitrary<GatePolicy> {
  return fc
    .record({
      mode: fc.constantFrom('paper' as const, 'paper' as const, 'paper' as const, 'live' as const),
      adjustable: often,
      confidence: fc.constantFrom(0, 0, 0.5, 0.9),
      failMode: fc.constantFrom('veto' as const, 'pass_through' as const),
      required: fc.boolean(),
      maxQty: fc.constantFrom('5', '1000', '1000'),
    })
    .map(({ mode, adjustable, confidence, failMode, required, maxQty }) => {
      const policy = exampleGatePolicy()
      const fails = { abstain_fail_mode: failMode, escalate_fail_mode: failMode, quality_fail_mode: failMode }
      return {
        ...policy,
        trading_mode: mode,
        advice: { ...policy.advice, ...fails, adjustment_allowed: adjustable, min_confidence: confidence },
        context: { ...policy.context, required },
        limits: { ...policy.limits, order_qty: { min: null, max: maxQty } },
      }
    })
}

function advices(): fc.Arbitrary<ReviewAdvice> {
  const words = ['approve', 'veto', 'adjust', 'adjust', 'adjust', 'abstain', 'escalate'] as const
  return fc.record({ verdict: fc.constantFrom(...words), confidence: fc.double({ min: 0, max: 1, noNaN: true }), qty: fc.constantFrom('8', '10', '12', '3.25') }).map(({ verdict, confidence, qty }) => {
    const band = confidence > 0.8 ? 'high' : confidence > 0.4 ? 'medium' : 'low'
    return ReviewAdvice.parse({
      verdict,
      confidence,
      confidence_band: band,
      calibrated_probabilities: { approve: 0.05, veto: 0.05, adjust: 0.05, abstain: 0.05, escalate: 0.05, [verdict]: 0.8 },
      uncertainty: { score: (1 - confidence) / 2, band: 'low' },
      adjusted_qty: verdict === 'adjust' ? qty : null,
      escalate_reason: verdict === 'escalate' ? 'a person should look' : null,
      rationale: 'drawn',
      risk_flags: [],
    })
  })
}

function snapshots(): fc.Arbitrary<ControlsSnapshot> {
  const control = fc.record<RuntimeControl>({
    name: fc.constantFrom(...ControlName.options),
    value: fc.boolean(),
    scope: fc.constantFrom(null, { symbol: 'NVDA' }, { symbol: 'AMD' }),
    actor: fc.constant('desk'),
    reason: fc.constant('drawn'),
    expires_at: fc.constantFrom(null, '2026-02-27T15:30:00.000Z', '2026-02-27T16:00:00.000Z'),
    set_at: fc.constant('2026-02-27T15:00:00.000Z'),
  } as never)
  return fc.record({
    asOf: fc.constant(DECIDED_AT),
    ageMs: fc.constantFrom(0, 0, 0, 10_000, 10_000, 10_001, null),
    controls: fc.oneof({ weight: 3, arbitrary: fc.constant<RuntimeControl[]>([]) }, { weight: 1, arbitrary: fc.array(control, { maxLength: 2 }) }),
  })
}

function rests(): fc.Arbitrary<Drawn['rest']> {
  const stage = fc.constantFrom('paper' as const, 'shadow' as const, 'constrained_live' as const, 'scaled_live' as const)
  return fc.record({ fallback: often.map((value) => !value), durable: often, stage, mandatory: often.map((value) => !value) })
}

/** True three times in four: what is always odd is denied at once, and shows little. */
const often = fc.constantFrom(true, true, true, false)

/** A positive decimal with up to two places. */
function decimal(max: number): fc.Arbitrary<string> {
  return fc.integer({ min: 1, max: max * 100 }).map((cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`)
}
