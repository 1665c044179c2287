import type { CommitteeRole, GatePolicy, ReviewAdvice, ReviewSubmission } from '@torghut/contracts'
import { DEFAULT_FAST_PATH_POLICY } from '@torghut/contracts'
import fc from 'fast-check'

import { proveReducing } from '../decision/reducing-proof.ts'
import type { ReviewEvidence } from '../decision/settle-verdict.ts'
import { sampleAdvice, sampleControl, sampleControls, samplePolicy, sampleSubmission } from './samples.ts'

/**
 * Evidence for properties that are tried hundreds of thousands of times: every dimension is a short list, and what a
 * case does not change is shared with the sample, not copied. Lists begin with what passes, so that failures shrink to
 * it.
 */
export const cheapEvidence: fc.Arbitrary<ReviewEvidence> = fc
  .tuple(
    fc.constantFrom('buy', 'sell'),
    fc.constantFrom('10', '10', '10.5', '3.3', '250', '0.99', '1'),
    fc.constantFrom('market', 'limit', 'stop', 'stop_limit'),
    fc.constantFrom('182.4', '182.405', '180', '183.999', '150'),
    fc.constantFrom('183', '182.999', '184.5', '220'),
    fc.constantFrom('0.01', '0.05', '1'),
    fc.constantFrom('1', '1', '0.5', '5'),
    fc.nat({ max: 9 }),
    fc.nat({ max: 14 }),
    fc.constantFrom('approve', 'adjust', 'adjust', 'adjust', 'abstain', 'escalate', 'veto'),
    fc.constantFrom(null, '8', '5', '9.7', '10', '12', '0.7', '200', '1'),
    fc.constantFrom(null, null, 'limit', 'market', 'stop_limit', 'stop'),
    fc.constantFrom(null, '182', '181.999', '183.2', '120'),
    fc.nat({ max: 11 }),
    fc.nat({ max: 15 }),
    fc.nat({ max: 11 }),
    fc.nat({ max: 9 }),
  )
  .map(toEvidence)

type Dimensions = [string, string, string, string, string, string, string, number, number, string, string | null, string | null, string | null, number, number, number, number]

const SAMPLE = sampleSubmission()
const ADVICE = sampleAdvice()
const POLICY = samplePolicy()
const CONTROLS = sampleControls()
const ROLES: CommitteeRole[] = ['risk_critic', 'execution_critic', 'policy_judge']
const [THROTTLE, HALT, FORCED] = (['throttle', 'halt_new_risk', 'force_deterministic'] as const).map((name) =>
  sampleControls({ controls: [sampleControl({ name })] }),
)

function toEvidence(dimensions: Dimensions): ReviewEvidence {
  const [verdict, skip, policyKind, adviceKind, rest] = [dimensions[9], dimensions[16], dimensions[14], dimensions[13], dimensions[15]]
  const submission = toSubmission(dimensions)
  const isSkipped = skip === 8
  return {
    submission,
    advice: isSkipped || skip === 9 ? null : toAdvice(verdict as ReviewAdvice['verdict'], dimensions, adviceKind),
    fallbackCause: adviceKind === 11 ? 'gateway_timeout' : null,
    mandatoryRoles: adviceKind % 2 === 0 ? ROLES : [],
    policy: toPolicy(policyKind),
    controls: (rest === 9 ? THROTTLE : rest === 10 ? HALT : rest === 11 ? FORCED : CONTROLS) ?? CONTROLS,
    llmSkipped: isSkipped ? 'fast_path' : null,
    decidedAt: rest === 8 ? '2026-02-27T15:33:01Z' : '2026-02-27T15:31:02Z',
    stage: rest === 7 ? 'constrained_live' : rest === 6 ? 'scaled_live' : 'paper',
    durable: rest !== 5,
    reducing: proveReducing(submission),
  }
}

function toSubmission(dimensions: Dimensions): ReviewSubmission {
  const [action, qty, order_type, limit_price, stop_price, tick_size, lot_size, book, state] = dimensions
  const { request, gate_state } = SAMPLE
  const isLive = book === 9
  return {
    ...SAMPLE,
    order: { limit_price, stop_price, reduce_only: false },
    gate_state: state === 14 || gate_state === null ? null : toState(gate_state, { tick_size, lot_size, state }),
    request: {
      ...request,
      decision: { ...request.decision, action, qty, order_type, regime_hmm: toRegime(book) } as typeof request.decision,
      positions: book < 4 ? [] : [{ symbol: 'NVDA', qty: String(book * 2), side: book % 2 === 0 ? 'long' : 'short' }],
      trading_mode: isLive ? 'live' : 'paper',
      policy: { ...request.policy, allowed_order_types: ['limit', 'market', 'stop', 'stop_limit'] },
    },
  }
}

type State = NonNullable<ReviewSubmission['gate_state']>

function toState(gate_state: State, { tick_size, lot_size, state }: { tick_size: string; lot_size: string; state: number }): State {
  const { instrument, pnl, activity, session } = gate_state
  return {
    ...gate_state,
    as_of: state === 13 ? '2026-02-27T15:29:00Z' : gate_state.as_of,
    instrument: { ...instrument, tick_size, lot_size, halted: state === 12, restricted: state === 11, shortable: state !== 10 },
    session: state === 9 ? { state: 'closed', ends_at: null } : session,
    pnl: state === 8 ? { day_pnl_usd: '-20000.01', drawdown: 0.1 } : pnl,
    activity: state === 7 ? { ...activity, repeats_today: 20 } : activity,
    pending_orders: state === 6 ? [{ order_id: 'p', symbol: 'NVDA', side: 'buy', qty: '8', reduce_only: false }] : [],
  }
}

function toRegime(book: number) {
  if (book < 2) return null
  const bands = ['low', 'low', 'medium', 'high'] as const
  const guardrail_reason = book === 7 ? 'stale' : null
  return { regime_id: book === 8 ? 'unknown' : 'R2', entropy_band: bands[book % 4], predicted_next: 'R2', artifact_version: 'v1', guardrail_reason }
}

const PROBABILITIES = Object.fromEntries(
  (['approve', 'veto', 'adjust', 'abstain', 'escalate'] as const).map((word) => [
    word,
    { approve: 0.05, veto: 0.05, adjust: 0.05, abstain: 0.05, escalate: 0.05, [word]: 0.8 },
  ]),
)

function toAdvice(verdict: ReviewAdvice['verdict'], dimensions: Dimensions, kind: number): ReviewAdvice {
  const [adjusted_qty, adjusted_order_type, limit_price] = [dimensions[10], dimensions[11], dimensions[12]]
  return {
    ...ADVICE,
    verdict,
    calibrated_probabilities: (PROBABILITIES[kind === 10 ? 'veto' : verdict] ?? PROBABILITIES['veto']) as ReviewAdvice['calibrated_probabilities'],
    confidence: kind === 9 ? 0.3 : 0.82,
    uncertainty: { ...ADVICE.uncertainty, score: kind === 8 ? 0.7 : kind === 7 ? 0.9 : 0.18 },
    committee: kind === 6 ? null : ADVICE.committee,
    adjusted_qty,
    adjusted_order_type: adjusted_order_type as ReviewAdvice['adjusted_order_type'],
    limit_price,
  }
}

const { advice: RULES, limits: LIMITS } = POLICY
const LOOSE = { ...RULES, max_qty_multiplier: 1.25, min_qty_multiplier: 0, abstain_fail_mode: 'pass_through', quality_fail_mode: 'pass_through', escalate_fail_mode: 'pass_through' } as const
const range = (max: string) => ({ min: null, max })

/** Policies a server may run with, built once; the largest multiplier is one or, against the rules, more. */
const POLICIES: GatePolicy[] = [
  POLICY,
  { ...POLICY, advice: { ...RULES, min_qty_multiplier: 0 } },
  { ...POLICY, advice: LOOSE },
  { ...POLICY, advice: LOOSE, limits: { ...LIMITS, max_decision_age_seconds: null } },
  { ...POLICY, advice: { ...RULES, adjustment_allowed: false } },
  { ...POLICY, limits: { ...LIMITS, order_qty: range('9') } },
  { ...POLICY, limits: { ...LIMITS, order_notional_usd: range('1500') } },
  { ...POLICY, limits: { ...LIMITS, price_collar_bps: 30 } },
  { ...POLICY, limits: { ...LIMITS, max_position_qty: '12', max_symbol_exposure_usd: '2500' } },
  { ...POLICY, restricted_symbols: ['NVDA'] },
  { ...POLICY, regime: { ...POLICY.regime, missing: 'degrade', guarded: 'degrade' } },
  { ...POLICY, fast_path: DEFAULT_FAST_PATH_POLICY },
  { ...POLICY, fast_path: DEFAULT_FAST_PATH_POLICY, critical_notional_usd: '1000' },
  { ...POLICY, trading_mode: 'live', fast_path: DEFAULT_FAST_PATH_POLICY, context: { ...POLICY.context, required: true, fail_mode: 'fail_closed' } },
  { ...POLICY, by_symbol: { NVDA: { order_qty: range('8') } } },
  { ...POLICY, limits: { ...LIMITS, order_qty: { min: '6', max: '1000' } } },
]

function toPolicy(kind: number): GatePolicy {
  return POLICIES[kind] ?? POLICY
}
