import { expect, test } from 'vitest'

import { sampleFacts } from '../../testing/pre-trade.ts'
import type { Changes } from '../../testing/samples.ts'
import { gatherFacts } from './facts.ts'

const S = 'submission'
const R = `${S}.request`
const D = `${R}.decision`
const G = `${S}.gate_state`
const ONE = 100_000_000n

const amounts = (one: unknown, other: unknown): Changes => ({
  [`${R}.portfolio.equity`]: one,
  [`${R}.account.equity`]: other,
  [`${R}.portfolio.buying_power`]: one,
  [`${R}.account.buying_power`]: other,
})

test.each([
  ['2', '3', 2n * ONE],
  ['3', '2', 2n * ONE],
  ['3', null, 3n * ONE],
  [undefined, '3', 3n * ONE],
  [null, '3', 3n * ONE],
  ['3', undefined, 3n * ONE],
  ['-1', '3', -ONE],
  ['3', 'x', null],
  ['x', '3', null],
  ['x', null, null],
  [undefined, 'x', null],
  [null, undefined, null],
  [5, '3', null],
])('gatherFacts() takes the smaller of what portfolio (%j) and account (%j) state', (one, other, expected) => {
  const { equity, buyingPower } = sampleFacts(amounts(one, other))
  expect([equity, buyingPower]).toEqual([expected, expected])
})

test('gatherFacts() takes an absent portfolio or account for one that states nothing', () => {
  expect(sampleFacts({ [`${R}.account`]: null, [`${R}.portfolio.equity`]: '7' }).equity).toBe(7n * ONE)
  expect(sampleFacts({ [`${R}.portfolio`]: null, [`${R}.account.equity`]: '7' }).equity).toBe(7n * ONE)
  expect(sampleFacts({ [`${R}.portfolio`]: null, [`${R}.account.buying_power`]: '7' }).buyingPower).toBe(7n * ONE)
  expect(sampleFacts({ [`${R}.account`]: undefined, [`${R}.portfolio.buying_power`]: '7' }).buyingPower).toBe(7n * ONE)
})

/** Reference 182.41; prices in whole dollars, null where the type has no use for one. */
const PRICES: [string, unknown, unknown, bigint | null, bigint | null, string | null][] = [
  ['market', '200', '201', null, null, '182.41'],
  ['market', null, null, null, null, '182.41'],
  ['limit', '183', '999', 183n, null, '183'],
  ['limit', '182', null, 182n, null, '182.41'],
  ['limit', null, null, null, null, null],
  ['limit', 'x', null, null, null, null],
  ['stop', '999', '183', null, 183n, '183'],
  ['stop', null, '182', null, 182n, '182.41'],
  ['stop', '183', null, null, null, null],
  ['stop_limit', '183', '184', 183n, 184n, '184'],
  ['stop_limit', '184', '183', 184n, 183n, '184'],
  ['stop_limit', '181', '182', 181n, 182n, '182.41'],
  ['stop_limit', '183', null, 183n, null, null],
  ['stop_limit', null, '183', null, 183n, null],
]

test.each(PRICES)('gatherFacts() reads the prices of a %s order (limit %j, stop %j)', (type, limit, stop, limitPrice, stopPrice, price) => {
  const order = { [`${D}.order_type`]: type, [`${S}.order.limit_price`]: limit, [`${S}.order.stop_price`]: stop }
  const facts = sampleFacts(order)
  const units = (whole: bigint | null) => (whole === null ? null : whole * ONE)
  const top = price === null ? null : BigInt(Math.round(Number(price) * 100)) * (ONE / 100n)
  expect([facts.limitPrice, facts.stopPrice, facts.price]).toEqual([units(limitPrice), units(stopPrice), top])
  expect(facts.notional).toBe(top === null ? null : 10n * ONE * top)
})

test('gatherFacts() knows no price and no notional without a reference or a quantity', () => {
  expect(sampleFacts({ [`${G}.reference_price.price`]: '0' })).toMatchObject({ reference: null, price: null, notional: null })
  const noReference = { [`${G}.reference_price.price`]: '0', [`${D}.order_type`]: 'limit', [`${S}.order.limit_price`]: '183' }
  expect(sampleFacts(noReference)).toMatchObject({ limitPrice: 183n * ONE, price: null, notional: null })
  expect(sampleFacts({ [G]: null })).toMatchObject({ state: null, reference: null, price: null, notional: null, pending: null, stateAt: null })
  expect(sampleFacts({ [`${D}.qty`]: 'many' })).toMatchObject({ qty: null, notional: null })
})

test('gatherFacts() counts positions and pending orders where they are lists', () => {
  const rows = { [`${R}.positions`]: [{ symbol: 'NVDA', qty: '5' }] }
  const pending = { [`${G}.pending_orders`]: [{ order_id: 'p', symbol: 'NVDA', side: 'buy', qty: '2', reduce_only: false }] }
  expect(sampleFacts({ ...rows, ...pending })).toMatchObject({ net: 5n * ONE, pending: 2n * ONE })
  expect(sampleFacts({ [`${R}.positions`]: [], [`${G}.pending_orders`]: [] })).toMatchObject({ net: 0n, pending: 0n })
  for (const odd of ['', null, {}]) {
    expect(sampleFacts({ [`${R}.positions`]: odd, [`${G}.pending_orders`]: odd })).toMatchObject({ net: null, pending: null })
  }
})

test('gatherFacts() measures ages when the review is decided, or when the decision was taken where that may be any time', () => {
  const facts = sampleFacts()
  expect(facts.decidedAt).toBe((facts.eventAt ?? 0n) + 2_000_000_000n)
  expect(facts.asOf).toBe(facts.decidedAt)
  expect(sampleFacts({ 'policy.limits.max_decision_age_seconds': null }).asOf).toBe(facts.eventAt)
})

test('gatherFacts() takes every mode but paper for live', () => {
  expect(sampleFacts().mode).toBe('paper')
  expect(sampleFacts({ 'policy.trading_mode': 'live' }).mode).toBe('live')
  expect(sampleFacts({ 'policy.trading_mode': 'backtest' }).mode).toBe('live')
})

test('gatherFacts() takes what is undefined for absent', () => {
  const bare = sampleFacts({ [G]: undefined, [`${R}.market_context`]: undefined, [`${D}.regime_hmm`]: undefined })
  expect(bare).toMatchObject({ state: null, context: null, contextAt: null, referenceAt: null, regime: 'pass' })
})

test('gatherFacts() reads nothing of evidence with holes', () => {
  expect(gatherFacts(null as never, null as never)).toBeNull()
})
