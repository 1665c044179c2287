import { GatePolicy, ReviewSubmission } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { DECIDED_AT, changed, sampleAdvice, sampleControls, samplePolicy, sampleSubmission } from '../testing/samples.ts'
import { proveReducing } from './reducing-proof.ts'
import { settleVerdict } from './settle-verdict.ts'
import type { ReviewEvidence } from './settle-verdict.ts'

/** What no parser lets through for any field, and what it does for some. */
const ABSURDITIES = [
  undefined, null, NaN, Infinity, -Infinity, -1, 1e308, 0.5, '', '-1', '0', 'NaN', '1e999', '99999999999999999999.99999999',
  '\ud800', true, false, [], {}, [null], 'constructor', '__proto__', '0000-00-00T00:00:00Z', () => 1, Symbol('x'), 10n,
]

/** Live, where nothing absent passes: a limit order with a pending one, a position and a regime. */
function liveEvidence(): ReviewEvidence {
  const submission = sampleSubmission({
    'request.trading_mode': 'live',
    'request.decision.order_type': 'limit',
    'order.limit_price': '182.4',
    'request.decision.regime_hmm': {
      regime_id: 'R2',
      entropy_band: 'low',
      predicted_next: 'R2',
      artifact_version: 'v1',
      guardrail_reason: null,
    },
    'request.positions': [{ symbol: 'NVDA', qty: '1', side: 'long', market_value: '182.41' }],
    'request.portfolio.total_exposure': '182.41',
    'request.portfolio.exposure_by_symbol': { NVDA: '182.41' },
    'gate_state.session.ends_at': '2026-02-27T21:00:00Z',
    'gate_state.pending_orders': [{ order_id: 'p', symbol: 'NVDA', side: 'buy', qty: '2', reduce_only: false }],
  })
  return {
    submission,
    reducing: proveReducing(submission),
    advice: sampleAdvice(),
    fallbackCause: null,
    mandatoryRoles: ['risk_critic'],
    policy: samplePolicy({ trading_mode: 'live', 'context.fail_mode': 'fail_closed' }),
    controls: sampleControls(),
    llmSkipped: null,
    decidedAt: DECIDED_AT,
    stage: 'scaled_live',
    durable: true,
  }
}

/** Fields gates judge by. An absurd value in any of them must deny, unless the schema takes it for a value. */
const JUDGED = [
  ...['symbol', 'action', 'qty', 'order_type', 'event_ts', 'regime_hmm.regime_id', 'regime_hmm.entropy_band'].map(
    (name) => `submission.request.decision.${name}`,
  ),
  ...['equity', 'buying_power', 'total_exposure'].map((name) => `submission.request.portfolio.${name}`),
  'submission.request.portfolio.exposure_by_symbol',
  'submission.request.market_context',
  'submission.request.market_context.symbol',
  'submission.request.market_context.as_of_utc',
  ...['state', 'as_of', 'freshness_seconds', 'max_freshness_seconds'].map(
    (name) => `submission.request.market_context.domains.technicals.${name}`,
  ),
  'submission.request.positions',
  ...['symbol', 'qty', 'side', 'market_value'].map((name) => `submission.request.positions.0.${name}`),
  'submission.order.limit_price',
  'submission.gate_state',
  'submission.gate_state.as_of',
  ...['tick_size', 'lot_size', 'min_qty', 'halted', 'restricted'].map((name) => `submission.gate_state.instrument.${name}`),
  'submission.gate_state.session.state',
  'submission.gate_state.session.ends_at',
  'submission.gate_state.reference_price.price',
  'submission.gate_state.reference_price.as_of',
  'submission.gate_state.pending_orders',
  ...['symbol', 'side', 'qty'].map((name) => `submission.gate_state.pending_orders.0.${name}`),
  ...['orders_last_minute', 'orders_today', 'repeats_today'].map((name) => `submission.gate_state.activity.${name}`),
  'submission.gate_state.pnl.day_pnl_usd',
  'submission.gate_state.pnl.drawdown',
  ...Object.keys(samplePolicy().limits).map((name) => `policy.limits.${name}`),
  'policy.limits.order_qty.max',
  'policy.limits.order_notional_usd.max',
  'policy.limits.max_domain_age_seconds.technicals',
  'policy.restricted_symbols',
  'policy.regime.uncertainty',
  'policy.regime.uncertainty.fail_above',
  'policy.critical_notional_usd',
  'decidedAt',
  'stage',
  'durable',
]

/** Values a schema takes and no gate has to mind, in live too. */
function isHarmless(path: string, value: unknown, evidence: ReviewEvidence): boolean {
  if (path === 'durable') return value === true
  if (isOfAnotherSymbol(path, evidence)) return true
  if (path === 'stage' || path === 'decidedAt') return false
  if (path.startsWith('policy')) return GatePolicy.safeParse(evidence.policy).success && value !== null
  return ReviewSubmission.safeParse(evidence.submission).success
}

/** What stands in a row of another symbol is nobody's here, once that symbol can be read. */
function isOfAnotherSymbol(path: string, { submission }: ReviewEvidence): boolean {
  if (!path.includes('.0.')) return false
  const rows = path.includes('positions') ? submission.request.positions : submission.gate_state?.pending_orders
  const symbol: unknown = Array.isArray(rows) ? rows[0]?.symbol : undefined
  return typeof symbol === 'string' && symbol !== '' && symbol !== 'NVDA' && !path.endsWith('market_value')
}

test('settleVerdict() approves the order the other tests damage', () => {
  expect(settleVerdict(liveEvidence())).toMatchObject({ verdict: 'approve', reason: null })
})

test.each(JUDGED)('settleVerdict() denies, with a code, whatever absurd value stands in %s', (path) => {
  const passed = ABSURDITIES.filter((value) => {
    const evidence = damaged([[path, value]])
    const { verdict, reason } = settleVerdict(evidence)
    if (verdict === 'veto') expect(reason).toMatch(/^[a-z][a-z0-9_]*$/)
    return verdict !== 'veto' && !isHarmless(path, value, evidence)
  })
  expect(passed).toEqual([])
})

test('settleVerdict() never passes any two damaged fields, and never throws', () => {
  let judged = 0
  for (const [index, first] of JUDGED.entries()) {
    for (const [offset, second] of JUDGED.slice(index + 1).entries()) {
      const pair: [string, unknown][] = [
        [first, ABSURDITIES[(index + offset) % ABSURDITIES.length]],
        [second, ABSURDITIES[(index * 7 + offset * 3) % ABSURDITIES.length]],
      ]
      const evidence = damaged(pair)
      const settled = settleVerdict(evidence)
      judged += 1
      if (settled.verdict === 'veto') expect(settled.reason).toMatch(/^[a-z][a-z0-9_]*$/)
      else expect(pair.filter(([path, value]) => !isHarmless(path, value, evidence))).toEqual([])
    }
  }
  expect(judged).toBe((JUDGED.length * (JUDGED.length - 1)) / 2)
})

/** The proof of an exit is made from the damaged submission, as the API would. */
function damaged(changes: [string, unknown][]): ReviewEvidence {
  const evidence = liveEvidence()
  for (const [path, value] of changes) put(evidence, path.split('.'), value)
  return { ...evidence, reducing: proveReducing(evidence.submission) }
}

function put(root: unknown, keys: string[], value: unknown): void {
  const parent = keys.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], root)
  if (parent !== null && typeof parent === 'object') (parent as Record<string, unknown>)[keys.at(-1) ?? ''] = value
}

test('changed() copies, so that one damaged sample is not the next', () => {
  expect(changed({ a: { b: 1 } }, { 'a.b': 2 })).toEqual({ a: { b: 2 } })
  expect(settleVerdict(liveEvidence()).verdict).toBe('approve')
})
