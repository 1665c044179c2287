import type { CommitteeRole, GatePolicy, ReviewAdvice, ReviewSubmission } from '@torghut/contracts'
import fc from 'fast-check'

import type { ControlsSnapshot } from '../decision/controls.ts'
import type { ReviewEvidence } from '../decision/settle-verdict.ts'
import { proveReducing } from '../decision/reducing-proof.ts'
import { changed, sampleAdvice, sampleControl, sampleControls, samplePolicy, sampleSubmission } from './samples.ts'
import type { Changes } from './samples.ts'

/** What no parser would let through, for any field: a gate must deny it or read past it, never throw. */
const ABSURDITIES = [
  undefined, null, NaN, Infinity, -Infinity, -1, 0, 1e308, '', '0', '-1', 'NaN', '1e999', '\ud800', true, [], {},
  [null], 'constructor', '__proto__', '99999999999999999999.99999999',
]
/** Adjusts have the most ways to go wrong, so they come more often. */
const VERDICTS = ['adjust', 'adjust', 'adjust', 'adjust', 'approve', 'approve', 'veto', 'abstain', 'escalate'] as const
const ROLES: CommitteeRole[] = ['risk_critic', 'execution_critic', 'policy_judge']

const qty = fc.constantFrom('0.00000001', '3.3', '5', '8', '9.99999999', '10', '10.00000001', '12.5', '40')
const price = fc.constantFrom(null, '0.01', '179.5', '180', '180', '180.01', '250')
const orderType = fc.constantFrom('market', 'limit', 'stop', 'stop_limit')
const share = fc.constantFrom(0.8, 0.8, 0.8, 1, 0.5, 0.4, 0.05, 0)
const lowShare = share.map((value) => 1 - value)
const verdict = fc.constantFrom(...VERDICTS)
const failMode = fc.constantFrom('veto', 'pass_through')
const mode = fc.constantFrom('paper', 'paper', 'live')
const fewRows = { maxLength: 2, size: 'max' } as const

/** Orders of both sides and all types, with and without positions, pending orders and context. */
export const anySubmission: fc.Arbitrary<ReviewSubmission> = fc
  .record({
    'request.decision.action': fc.constantFrom('buy', 'sell'),
    'request.decision.qty': qty,
    'request.decision.order_type': orderType,
    'request.trading_mode': mode,
    'order.limit_price': price,
    'order.stop_price': price,
    'request.positions': fc.array(
      fc.record({ symbol: fc.constantFrom('NVDA', 'AAPL'), qty, side: fc.constantFrom('long', 'short') }),
      fewRows,
    ),
    'gate_state.pending_orders': fc.array(
      fc.record({ symbol: fc.constantFrom('NVDA', 'AAPL'), side: fc.constantFrom('buy', 'sell'), qty }),
      fewRows,
    ),
    'request.market_context.freshness_seconds': fc.constantFrom(12, 12, 12, 12, 300, 301),
    'request.policy.max_qty_multiplier': fc.constantFrom('0.7', '1', '1.25', '1.25'),
    'request.policy.allowed_order_types': fc.subarray(['limit', 'market', 'stop', 'stop_limit'], { minLength: 2 }),
  })
  .map((changes) => sampleSubmission(changes))

/** Advice of every verdict, good and poor, mostly with its own verdict on top and its committee in agreement. */
export const anyAdvice: fc.Arbitrary<ReviewAdvice> = fc
  .record({
    verdict,
    favourite: seldom(verdict),
    confidence: share,
    score: lowShare,
    adjusted_qty: fc.option(qty, { freq: 10 }),
    adjusted_order_type: seldom(orderType),
    limit_price: price,
    tracedRoles: fc.subarray(ROLES),
    dissent: seldom(fc.record({ role: fc.constantFrom(...ROLES), verdict })),
  })
  .map(({ favourite, score, tracedRoles, dissent, ...fields }) =>
    sampleAdvice({
      ...fields,
      'uncertainty.score': score,
      'committee.mandatory_roles': tracedRoles,
      [`calibrated_probabilities.approve`]: 0.05,
      [`calibrated_probabilities.${favourite ?? fields.verdict}`]: 0.8,
      ...(dissent === null ? {} : { [`committee.roles.${dissent.role}.verdict`]: dissent.verdict }),
    }),
  )

/** Policies a server may run with: the largest multiplier is one at most. */
export const anyPolicy: fc.Arbitrary<GatePolicy> = fc
  .record({
    trading_mode: mode,
    'advice.adjustment_allowed': fc.constantFrom(true, true, true, false),
    'advice.min_qty_multiplier': fc.constantFrom(0, 0, 0.5, 0.9),
    'advice.max_qty_multiplier': fc.constantFrom(0.5, 1, 1, 1),
    'advice.min_confidence': lowShare,
    'advice.max_uncertainty': share,
    'advice.abstain_fail_mode': failMode,
    'advice.escalate_fail_mode': failMode,
    'advice.quality_fail_mode': failMode,
    'context.required': fc.boolean(),
    'context.fail_mode': fc.constantFrom('shadow_only', 'fail_closed'),
  })
  .map((changes) => samplePolicy(changes))

/** Mostly nothing on and just read; else halts of every scope and end, and readings too old for live. */
export const anyControls: fc.Arbitrary<ControlsSnapshot> = fc
  .record({
    ageMs: fc.constantFrom<(number | null)[]>(0, 400, 400, 400, 10_000, 10_001, null),
    halt: seldom(
      fc.record({
        scope: fc.constantFrom(null, { symbol: 'NVDA' }, { symbol: 'AAPL' }, { strategy_id: 'other' }),
        expires_at: fc.constantFrom(null, '2026-02-27T15:31:02.001Z', '2026-02-27T15:31:02Z'),
        name: fc.constantFrom('halt_new_risk' as const, 'force_deterministic' as const),
      }),
    ),
  })
  .map(({ ageMs, halt }) => sampleControls({ ageMs, controls: halt === null ? [] : [sampleControl(halt)] }))

/** All a verdict is settled from, as a parser would hand it on, with the proof the submission really has. */
export const anyEvidence: fc.Arbitrary<ReviewEvidence> = fc
  .record({
    submission: anySubmission,
    advice: fc.option(anyAdvice, { freq: 20 }),
    fallbackCause: seldom(fc.constantFrom('gateway_timeout' as const, 'internal' as const)),
    mandatoryRoles: fc.subarray(ROLES),
    policy: anyPolicy,
    controls: anyControls,
    llmSkipped: fc.constantFrom(null, null, null, 'fast_path' as const, 'kill_switch' as const),
    decidedAt: fc.constantFrom('2026-02-27T15:31:02Z', '2026-02-27T15:31:02Z', '2026-02-27T15:33:01Z'),
    stage: fc.constantFrom('paper' as const, 'paper' as const, 'constrained_live' as const, 'scaled_live' as const),
    durable: fc.constantFrom(true, true, true, false),
  })
  .map((evidence) => ({ ...evidence, reducing: proveReducing(evidence.submission) }))

/** The same with up to four fields, at any depth, replaced by something absurd; the proof is made from the wreck. */
export const absurdEvidence: fc.Arbitrary<ReviewEvidence> = anyEvidence
  .chain((evidence) => {
    const { reducing: _proof, ...fields } = evidence
    const change = fc.tuple(fc.constantFrom(...pathsOf(fields)), fc.constantFrom(...ABSURDITIES))
    return fc.array(change, { minLength: 1, maxLength: 4, size: 'max' }).map((pairs) => wreck(fields, pairs))
  })
  .map((fields) => ({ ...fields, reducing: proveReducing(fields.submission) }))

/** Absent four times out of five. */
function seldom<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value })
}

/** Deeper paths first: a parent replaced later takes them along. */
function wreck<Sample extends object>(sample: Sample, pairs: [string, unknown][]): Sample {
  const deepestFirst = pairs.toSorted(([a], [b]) => b.split('.').length - a.split('.').length)
  return deepestFirst.reduce<Sample>((item, [path, value]) => changed(item, { [path]: value } as Changes), sample)
}

function pathsOf(value: unknown, prefix = ''): string[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, item]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`
    return [path, ...pathsOf(item, path)]
  })
}
