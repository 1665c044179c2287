import type { ReviewSubmission } from '@torghut/contracts'
import { closedGatePolicy } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { sampleAdvice, sampleControl, sampleControls, samplePolicy, sampleSubmission } from '../testing/samples.ts'
import type { Changes } from '../testing/samples.ts'
import { proveReducing } from './reducing-proof.ts'
import { settleVerdict } from './settle-verdict.ts'

const LONG_10 = { 'request.positions': [{ symbol: 'NVDA', qty: '10', side: 'long' }] }
const SHORT_10 = { 'request.positions': [{ symbol: 'NVDA', qty: '-10' }] }
const SELL = { 'request.decision.action': 'sell' }
const BUY = { 'request.decision.action': 'buy' }

function inFlight(side: string, ...quantities: string[]) {
  const rows = quantities.map((qty, index) => ({ order_id: `p${index}`, symbol: 'NVDA', side, qty, reduce_only: true }))
  return { 'gate_state.pending_orders': rows }
}

/** Everything a desk, a feed or a policy can hold against an order at once. */
function against(submission: ReviewSubmission) {
  const { trading_mode, advice, context } = samplePolicy({ trading_mode: 'live', 'context.fail_mode': 'fail_closed' })
  return settleVerdict({
    submission,
    reducing: proveReducing(submission),
    advice: sampleAdvice({ verdict: 'veto' }),
    fallbackCause: 'breaker_open',
    mandatoryRoles: ['risk_critic'],
    policy: closedGatePolicy({ trading_mode, advice, context }),
    controls: sampleControls({ ageMs: null, controls: [sampleControl(), sampleControl({ name: 'throttle' })] }),
    llmSkipped: null,
    decidedAt: '2027-01-01T00:00:00Z',
    stage: 'constrained_live',
    durable: false,
  })
}

/** Data that is missing, stale or worse, and a book in trouble; the snapshot that proves the exit is left alone. */
const TROUBLE: Changes = {
  'request.trading_mode': 'live',
  'request.market': null,
  'request.market_context': null,
  'request.portfolio.equity': null,
  'request.portfolio.buying_power': '0',
  'request.portfolio.total_exposure': null,
  'request.portfolio.exposure_by_symbol': { NVDA: '99999999' },
  'request.account': {},
  'gate_state.instrument': { tick_size: '1', lot_size: '100', min_qty: '100', halted: true, restricted: true, shortable: false },
  'gate_state.session': { state: 'closed', ends_at: '2020-01-01T00:00:00Z' },
  'gate_state.reference_price': { price: '0.01', as_of: '2020-01-01T00:00:00Z', source: 'dead feed' },
  'gate_state.activity': { orders_last_minute: 9999, orders_today: 9999, repeats_today: 9999 },
  'gate_state.pnl': { day_pnl_usd: '-99999999', drawdown: 1 },
}

const EXITS: [string, Changes][] = [
  ['all of a long position', { ...SELL, ...LONG_10 }],
  ['all of a short position', { ...BUY, ...SHORT_10 }],
  ['part of a long position', { ...SELL, ...LONG_10, 'request.decision.qty': '0.00000001' }],
  ['part of a short position', { ...BUY, ...SHORT_10, 'request.decision.qty': '9.99999999' }],
  ['what two exits in flight leave', { ...SELL, ...LONG_10, ...inFlight('sell', '3', '4'), 'request.decision.qty': '3' }],
  ['a long position while buys are pending', { ...SELL, ...LONG_10, ...inFlight('buy', '50') }],
  // nautechsystems/nautilus_trader 4695: a small close, below what an opening order has to be worth.
  ['a residue below the smallest order', { ...SELL, ...LONG_10, 'request.decision.qty': '0.01', 'order.reduce_only': true }],
  // The same, 4746: a protective exit whose flag says nothing and whose trigger lies below the market.
  [
    'a protective stop without a reduce-only flag',
    { ...BUY, ...SHORT_10, 'request.decision.order_type': 'stop', 'order.stop_price': '0.02', 'order.reduce_only': false },
  ],
  // The same, 2986 and 3256: no balance is left, which a sale of what is held does not need.
  ['a position bought with the whole balance', { ...SELL, ...LONG_10, 'request.portfolio.cash': '0' }],
]

test.each(EXITS)('settleVerdict() lets nothing block %s', (_what, order) => {
  const submission = sampleSubmission({ ...TROUBLE, ...order })
  const { qty, order_type } = submission.request.decision
  expect(against(submission)).toMatchObject({ verdict: 'approve', reason: null, decision: { qty, order_type } })
})

const NEW_RISK: [string, Changes][] = [
  ['a sale that crosses zero', { ...SELL, ...LONG_10, 'request.decision.qty': '10.00000001' }],
  ['a purchase that crosses zero', { ...BUY, ...SHORT_10, 'request.decision.qty': '11' }],
  ['a third exit beyond two in flight', { ...SELL, ...LONG_10, ...inFlight('sell', '3', '4'), 'request.decision.qty': '3.00000001' }],
  ['more of a long position', { ...BUY, ...LONG_10 }],
  ['a reduce-only flag without a position', { ...SELL, 'order.reduce_only': true, 'request.positions': [] }],
  ['a position of another symbol', { ...SELL, 'request.positions': [{ symbol: 'AAPL', qty: '10' }] }],
  ['a snapshot of two minutes ago', { ...SELL, ...LONG_10, 'gate_state.as_of': '2026-02-27T15:29:00Z' }],
]

test.each(NEW_RISK)('settleVerdict() takes %s for new risk', (_what, order) => {
  expect(against(sampleSubmission({ ...TROUBLE, ...order }))).toMatchObject({ verdict: 'veto', decision: null })
})

test('settleVerdict() fails closed where an account is missing or on margin', () => {
  // nautechsystems/nautilus_trader 4011: both were let through without a check.
  const policy = samplePolicy()
  const settle = (changes: Changes) => {
    const submission = sampleSubmission(changes)
    return settleVerdict({
      submission,
      reducing: proveReducing(submission),
      advice: sampleAdvice(),
      fallbackCause: null,
      mandatoryRoles: [],
      policy,
      controls: sampleControls(),
      llmSkipped: null,
      decidedAt: '2026-02-27T15:31:02Z',
      stage: 'paper',
      durable: true,
    })
  }
  expect(settle({}).verdict).toBe('approve')
  const missing = { 'request.account': {}, 'request.portfolio.equity': null, 'request.portfolio.buying_power': null }
  expect(settle(missing)).toMatchObject({ verdict: 'veto', reason: 'evidence_unreadable' })
  expect(settle({ 'request.account.buying_power': '1824.09' })).toMatchObject({ verdict: 'veto', reason: 'buying_power_exceeded' })
})
