import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import {
  DECIDED_AT,
  sampleAdjust,
  sampleAdvice,
  sampleControl,
  sampleControls,
  samplePolicy,
  sampleSubmission,
} from '../testing/samples.ts'
import type { Changes } from '../testing/samples.ts'
import { ENGINE_VERSION } from './gate-order.ts'
import { proveReducing } from './reducing-proof.ts'
import { settleVerdict } from './settle-verdict.ts'
import type { ReviewEvidence } from './settle-verdict.ts'

interface Story extends Partial<ReviewEvidence> {
  order?: Changes
  rules?: Changes
}

const REGIME = { regime_id: 'R2', entropy_band: 'low', predicted_next: 'R2', artifact_version: 'hmm-1', guardrail_reason: null }
const CALM = {
  'request.decision.regime_hmm': REGIME,
  'request.market_context.domains.regime.payload': { routerEntropy: 0.2, expertScores: { a: 0.5, b: 0.4 }, transitionProbability: 0.1 },
  'request.market_context.domains.news.freshness_seconds': 100_000,
  'request.market_context.domains.fundamentals.freshness_seconds': 1_000_000,
}
const FAST_PATH = {
  max_router_entropy: 1,
  max_entropy_band: 'medium',
  max_expert_spread: 0.5,
  max_transition_probability: 0.5,
  news_seconds: 10,
  fundamentals_seconds: 10,
  slow_strategies: [],
}
/** Prices to round, a position, a pending order, figures of the account, an end of the session. */
const BUSY: Changes = {
  'request.decision.order_type': 'stop_limit',
  'order.limit_price': '185.017',
  'order.stop_price': '184.011',
  'request.policy.allowed_order_types': ['stop_limit'],
  'request.positions': [{ symbol: 'NVDA', qty: '5', side: 'long', market_value: '912.05' }],
  'request.portfolio.exposure_by_symbol': { NVDA: '1000' },
  'gate_state.pending_orders': [{ order_id: 'p', symbol: 'NVDA', side: 'buy', qty: '2', reduce_only: false }],
  'gate_state.session.ends_at': '2026-02-27T21:00:00Z',
  'gate_state.instrument.tick_size': '0.01',
}
/** One field for every gate that can be made to deny on its own. */
const BREACHED: Changes = {
  'request.decision.qty': '99999.5',
  'request.decision.order_type': 'limit',
  'order.limit_price': '300',
  'request.market.symbol': 'AAPL',
  'request.market_context.as_of_utc': '2026-02-27T14:00:00Z',
  'request.market_context.domains.technicals.state': 'stale',
  'request.market_context.domains.news.state': 'error',
  'request.market_context.risk_flags': ['news_error', 'a_note'],
  'request.decision.regime_hmm': { ...REGIME, regime_id: 'nameless', guardrail_reason: 'stale' },
  'request.portfolio.buying_power': '1',
  'gate_state.as_of': '2026-02-27T15:00:00Z',
  'gate_state.instrument.restricted': true,
  'gate_state.instrument.halted': true,
  'gate_state.instrument.shortable': false,
  'gate_state.session.state': 'closed',
  'gate_state.reference_price.as_of': '2026-02-27T15:00:00Z',
  'gate_state.activity': { orders_last_minute: 60, orders_today: 1000, repeats_today: 20 },
  'gate_state.pnl': { day_pnl_usd: '-20000.01', drawdown: 0.9 },
  'gate_state.pending_orders': [
    { order_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01', symbol: 'NVDA', side: 'buy', qty: '2', reduce_only: false },
  ],
}
const STRICT: Changes = {
  'limits.reduce_only': true,
  'limits.order_qty': { min: null, max: '5' },
  'limits.constrained_live_max_order_notional_usd': '100',
  critical_notional_usd: '100',
  'context.fail_mode': 'fail_closed',
  trading_mode: 'live',
}
const HALTS = [
  sampleControl({ scope: { symbol: 'NVDA' }, expires_at: '2026-02-27T16:00:00Z' }),
  sampleControl({ scope: { strategy_id: '5b0c9a52-3d1e-4f0a-9a77-1c1f0f7d2a11' } }),
  sampleControl({ name: 'throttle', set_at: '2026-02-27T15:10:00Z' }),
]
const EXIT: Changes = {
  'request.decision.action': 'sell',
  'request.positions': [{ symbol: 'NVDA', qty: '15.5', side: 'long' }],
  'gate_state.pending_orders': [{ order_id: 'p', symbol: 'NVDA', side: 'sell', qty: '2', reduce_only: true }],
}
const ABSENT: Changes = { gate_state: null, order: null, 'request.market_context': null, 'request.market': null }

/** Between them every gate passes, denies, and states what is absent. */
const STORIES: Record<string, Story> = {
  'an approve': {},
  'a busy adjust': { order: { ...BUSY, ...CALM }, advice: sampleAdjust({ limit_price: '184.9' }) },
  'a clamped adjust': { advice: sampleAdjust({ adjusted_qty: '25', adjusted_order_type: 'limit', limit_price: '182.3' }) },
  'a degraded approve': { order: { 'request.decision.regime_hmm': { ...REGIME, entropy_band: 'high' } } },
  'nothing sent': { order: ABSENT },
  'nothing sent, live': { order: ABSENT, rules: { trading_mode: 'live' } },
  'everything breached': { order: BREACHED, rules: STRICT, stage: 'constrained_live', durable: false, controls: sampleControls({ controls: HALTS }) },
  'a short sale of what cannot be borrowed': {
    order: { 'request.decision.action': 'sell', 'gate_state.instrument.shortable': false },
  },
  'a skipped model': { order: CALM, rules: { fast_path: FAST_PATH }, advice: null, llmSkipped: 'fast_path' },
  'a skip with a trigger': { rules: { fast_path: FAST_PATH }, advice: null, llmSkipped: 'fast_path' },
  'a skip nobody allowed': { advice: null, llmSkipped: 'fast_path' },
  'a fallback': { advice: null, fallbackCause: 'gateway_timeout' },
  'an advice at odds with its committee': {
    advice: sampleAdvice({ 'committee.roles.risk_critic.verdict': 'veto', 'committee.roles.policy_judge.schema_error': true }),
  },
  'an advice at odds with its probabilities': { advice: sampleAdvice({ 'calibrated_probabilities.veto': 0.9 }) },
  'an advice nobody can be sure of': {
    advice: sampleAdvice({ uncertainty: { score: 0.79, band: 'high' }, 'calibration_metadata.quality_score': 0.01 }),
  },
  'an advice that loosens': {
    order: { 'request.policy.max_qty_multiplier': '1.25', 'request.decision.order_type': 'limit', 'order.limit_price': '182' },
    rules: { 'advice.max_qty_multiplier': 1.25 },
    advice: sampleAdjust({ adjusted_qty: '12', limit_price: '182.01' }),
  },
  'a proved exit': { order: EXIT },
}

test.each(Object.entries(STORIES))('settleVerdict() answers %s with the outcomes and the evidence of this engine version', async (name, story) => {
  const { order = {}, rules = {}, ...given } = story
  const submission = sampleSubmission(order)
  const settled = settleVerdict({
    submission,
    reducing: proveReducing(submission),
    advice: sampleAdvice(),
    fallbackCause: null,
    mandatoryRoles: ['risk_critic', 'execution_critic', 'policy_judge'],
    policy: samplePolicy(rules),
    controls: sampleControls(),
    llmSkipped: null,
    decidedAt: DECIDED_AT,
    stage: 'paper',
    durable: true,
    ...given,
  })
  const { outcomes, ...verdict } = settled
  const told = outcomes.map(({ gate, ...answer }) => `${gate} ${JSON.stringify(answer)}`)
  const page = [ENGINE_VERSION, JSON.stringify(verdict), ...told, ''].join('\n')
  // Stored reviews are decided again and compared byte for byte: a change of these files needs a new ENGINE_VERSION.
  const golden = new URL(`./golden/${name.replaceAll(/[^a-z]+/g, '-')}.txt`, import.meta.url)
  await expect(page).toMatchFileSnapshot(fileURLToPath(golden))
})
