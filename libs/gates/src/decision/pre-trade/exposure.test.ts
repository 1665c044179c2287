import { expect, test } from 'vitest'

import { sampleFacts } from '../../testing/pre-trade.ts'
import type { Changes } from '../../testing/samples.ts'
import { grossExposureAfter, judgeShare, notionalText, positionAfter, qtyText, symbolExposureAfter } from './exposure.ts'
import type { PreTradeFacts } from './facts.ts'

const S = 'submission'
const R = `${S}.request`
const ONE = 100_000_000n
const USD = ONE * ONE

/** A buy of 10 at 182.41 with 5 held and 2 pending, unless the changes say otherwise. */
function facts(changes: Changes = {}, overrides: Partial<PreTradeFacts> = {}): PreTradeFacts {
  const held = { [`${R}.positions`]: [{ symbol: 'NVDA', qty: '5', side: 'long' }] }
  const pending = { [`${S}.gate_state.pending_orders`]: [order('NVDA', '2')] }
  return { ...sampleFacts({ ...held, ...pending, ...changes }), ...overrides }
}

function order(symbol: unknown, qty: unknown, side = 'buy') {
  return { order_id: 'p', symbol, side, qty, reduce_only: false }
}

const stated = (exposure: unknown) => ({ [`${R}.portfolio.exposure_by_symbol`]: exposure })
const total = (exposure: unknown) => ({ [`${R}.portfolio.total_exposure`]: exposure })
const pending = (...orders: unknown[]) => ({ [`${S}.gate_state.pending_orders`]: orders })

test('positionAfter() adds what is pending on the side of the order, long positive', () => {
  expect(positionAfter(facts())).toBe(17n * ONE)
  const sale = { [`${R}.decision.action`]: 'sell', ...pending(order('NVDA', '2', 'sell')) }
  expect(positionAfter(facts(sale))).toBe(-7n * ONE)
})

test('positionAfter() knows nothing where one of the three, or the side, is not known', () => {
  for (const name of ['net', 'pending', 'qty'] as const) expect(positionAfter(facts({}, { [name]: null }))).toBeNull()
  expect(positionAfter(facts({ [`${R}.decision.action`]: 'hold' }))).toBeNull()
})

test('symbolExposureAfter() takes the larger of the rows and the figure of the account', () => {
  const { price } = facts()
  const byRows = 17n * ONE * (price ?? 0n)
  expect(symbolExposureAfter(facts(stated({})))).toBe(byRows)
  expect(symbolExposureAfter(facts(stated({ AAPL: '999999' })))).toBe(byRows)
  expect(symbolExposureAfter(facts(stated({ NVDA: '0' })))).toBe(byRows)
  // Held 5 are marked at 2000, the 12 to come cost their price.
  expect(symbolExposureAfter(facts(stated({ NVDA: '2000' })))).toBe(2000n * USD + 12n * ONE * (price ?? 0n))
  expect(symbolExposureAfter(facts(stated({ NVDA: '-9000' })))).toBe(9000n * USD - 12n * ONE * (price ?? 0n))
})

test.each([null, undefined, 'x', 5, [], true])('symbolExposureAfter() knows nothing from %j by symbol', (exposure) => {
  expect(symbolExposureAfter(facts(stated(exposure)))).toBeNull()
})

test('symbolExposureAfter() knows nothing where a part of it is not known', () => {
  expect(symbolExposureAfter(facts(stated({ NVDA: 'x' })))).toBeNull()
  for (const name of ['net', 'qty', 'price'] as const) expect(symbolExposureAfter(facts({}, { [name]: null }))).toBeNull()
})

test('grossExposureAfter() starts from the larger of the stated total and the positions', () => {
  const notional = facts().notional ?? 0n
  const rows = (...values: unknown[]) => ({ [`${R}.positions`]: values.map((market_value) => ({ symbol: 'AAPL', market_value })) })
  expect(grossExposureAfter(facts({ ...pending(), ...total('500') }))).toBe(500n * USD + notional)
  expect(grossExposureAfter(facts({ ...pending(), ...total('500'), ...rows('300', '-201', undefined) }))).toBe(501n * USD + notional)
  expect(grossExposureAfter(facts({ ...pending(), ...total('0') }))).toBe(notional)
  for (const odd of [null, 'x', '-0.00000001', 5]) expect(grossExposureAfter(facts({ ...pending(), ...total(odd) }))).toBeNull()
  expect(grossExposureAfter(facts({ ...pending(), ...rows('300', null) }))).toBeNull()
  expect(grossExposureAfter(facts({ ...pending(), [`${R}.positions`]: '' }))).toBeNull()
})

test('grossExposureAfter() adds every pending order, one of another symbol as the largest that policy allows', () => {
  const { notional, price } = facts()
  const base = { ...total('0'), 'policy.by_symbol.AAPL': { order_notional_usd: { min: null, max: '70' } } }
  const exposure = (...orders: unknown[]) => grossExposureAfter(facts({ ...base, ...pending(...orders) }))
  expect(exposure(order('NVDA', '2'), order('NVDA', '1', 'sell'))).toBe((notional ?? 0n) + 3n * ONE * (price ?? 0n))
  expect(exposure(order('AAPL', '2'))).toBe((notional ?? 0n) + 70n * USD)
  expect(exposure({ ...order('AAPL', '2'), reduce_only: true })).toBe(notional)
  expect(exposure({ ...order('AAPL', '2'), reduce_only: 'yes' })).toBe((notional ?? 0n) + 70n * USD)
  expect(exposure(order('NVDA', '0'))).toBe(notional)
  for (const odd of [order('NVDA', '-1'), order('NVDA', 'x'), order('AAPL', '-1'), order('AAPL', null), order(7, '1'), order(null, '1')]) {
    expect(exposure(odd)).toBeNull()
  }
  const unlimited = { 'policy.limits.order_notional_usd': { min: null, max: null } }
  expect(grossExposureAfter(facts({ ...total('0'), ...unlimited, ...pending(order('AAPL', '1')) }))).toBeNull()
})

test('grossExposureAfter() knows nothing without a state, a notional or a list of orders', () => {
  expect(grossExposureAfter(facts({}, { notional: null }))).toBeNull()
  expect(grossExposureAfter(facts({}, { state: null }))).toBeNull()
  expect(grossExposureAfter(facts({}, { price: null }))).toBeNull()
  expect(grossExposureAfter(facts(pending(), { price: null }))).not.toBeNull()
  expect(grossExposureAfter(facts({ [`${S}.gate_state.pending_orders`]: '' }))).toBeNull()
})

test('judgeShare() compares on the limit, exactly', () => {
  expect(judgeShare(50n * USD, 100n * ONE, 5_000)).toBe('passed')
  expect(judgeShare(50n * USD + 1n, 100n * ONE, 5_000)).toBe('breached')
  expect(judgeShare(0n, 0n, 5_000)).toBe('passed')
  expect(judgeShare(1n, 0n, 5_000)).toBe('breached')
  expect(judgeShare(null, ONE, 1)).toBe('unreadable')
  expect(judgeShare(0n, null, 1)).toBe('unreadable')
  expect(judgeShare(0n, ONE, 0.5)).toBe('unreadable')
})

test('notionalText() and qtyText() write what is known', () => {
  expect([notionalText(USD / 4n), notionalText(null), qtyText(ONE / 4n), qtyText(null)]).toEqual(['0.25', null, '0.25', null])
})
