import type { OrderType, ReviewedOrder, TradeAction } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { checkOnlyTighter } from './only-tighter.ts'

const MARKET: ReviewedOrder = { qty: '10', order_type: 'market', limit_price: null, stop_price: null }
const LIMIT: ReviewedOrder = { ...MARKET, order_type: 'limit', limit_price: '180' }

/** The fields that loosened; [] when the gate passed. */
function loosened(original: ReviewedOrder, final: Partial<ReviewedOrder>, side: TradeAction = 'buy') {
  const outcome = checkOnlyTighter({ side, original, final: { ...original, ...final } })
  expect(outcome.passed || outcome.code === 'adjustment_loosens').toBe(true)
  expect(outcome.passed).toBe((outcome.evidence['loosened'] as string[]).length === 0)
  return outcome.evidence['loosened']
}

test('checkOnlyTighter() passes an order that did not change', () => {
  expect(loosened(MARKET, {})).toEqual([])
  expect(loosened(LIMIT, {})).toEqual([])
  expect(loosened({ ...LIMIT, order_type: 'stop_limit', stop_price: '179' }, {})).toEqual([])
})

test.each([
  ['9.99999999', []],
  ['10', []],
  ['10.0', []],
  ['10.00000001', ['qty']],
  ['0', ['qty']],
  ['-1', ['qty']],
  ['NaN', ['qty']],
])('checkOnlyTighter() judges a size of %s out of 10', (qty, fields) => {
  expect(loosened(MARKET, { qty })).toEqual(fields)
})

test.each<[TradeAction, string, string[]]>([
  ['buy', '179.99', []],
  ['buy', '180.00', []],
  ['buy', '180.01', ['limit_price']],
  ['sell', '180.01', []],
  ['sell', '180.00', []],
  ['sell', '179.99', ['limit_price']],
  ['hold' as never, '180', ['limit_price']],
])('checkOnlyTighter() judges a %s limit moved from 180 to %s', (side, price, fields) => {
  expect(loosened(LIMIT, { limit_price: price }, side)).toEqual(fields)
})

test.each<[OrderType, OrderType[]]>([
  ['market', ['market', 'limit']],
  ['limit', ['limit']],
  ['stop', ['stop', 'stop_limit']],
  ['stop_limit', ['stop_limit']],
])('checkOnlyTighter() lets %s become %s only', (from, allowed) => {
  const types: OrderType[] = ['market', 'limit', 'stop', 'stop_limit']
  const original = { ...MARKET, order_type: from, limit_price: '180', stop_price: '179' }
  const passing = types.filter((type) => {
    const final = { ...original, order_type: type }
    return checkOnlyTighter({ side: 'buy', original, final }).passed
  })
  expect(passing.toSorted()).toEqual(allowed.toSorted())
})

test('checkOnlyTighter() takes a first limit at any price, but needs one', () => {
  expect(loosened(MARKET, { order_type: 'limit', limit_price: '999999' })).toEqual([])
  expect(loosened(MARKET, { order_type: 'limit' })).toEqual(['limit_price'])
  expect(loosened(MARKET, { order_type: 'limit', limit_price: '0' })).toEqual(['limit_price'])
})

test('checkOnlyTighter() compares limits only where the type uses them', () => {
  const withUnusedPrice = { ...MARKET, limit_price: '100' }
  expect(loosened(withUnusedPrice, { order_type: 'limit', limit_price: '180' })).toEqual([])
  expect(loosened(withUnusedPrice, { limit_price: '500' })).toEqual([])
})

test('checkOnlyTighter() cannot call a limit tighter than one that was never stated', () => {
  expect(loosened({ ...LIMIT, limit_price: null }, { limit_price: '180' })).toEqual(['limit_price'])
  expect(loosened({ ...LIMIT, limit_price: null }, {})).toEqual(['limit_price'])
})

test('checkOnlyTighter() denies any change of the stop, and names every field', () => {
  const stop = { ...MARKET, order_type: 'stop', stop_price: '179' } as const
  expect(loosened(stop, { stop_price: '178' })).toEqual(['stop_price'])
  const everything = { stop_price: null, qty: '11', order_type: 'market' } as const
  expect(loosened(stop, everything)).toEqual(['qty', 'order_type', 'stop_price'])
  expect(loosened(LIMIT, { order_type: 'market' })).toEqual(['order_type', 'limit_price'])
})

test.each<[TradeAction, string | null, string[]]>([
  ['buy', '179.01', []],
  ['buy', '179.00', []],
  ['buy', '178.99', ['stop_price']],
  ['buy', null, ['stop_price']],
  ['buy', '0', ['stop_price']],
  ['sell', '178.99', []],
  ['sell', '179.00', []],
  ['sell', '179.01', ['stop_price']],
  ['sell', null, ['stop_price']],
  ['sell', 'x', ['stop_price']],
  ['hold' as never, '179.00', ['stop_price']],
])('checkOnlyTighter() lets a %s stop fire later and no earlier: 179 to %s', (side, price, fields) => {
  const stop = { ...MARKET, order_type: 'stop', stop_price: '179' } as const
  expect(loosened(stop, { stop_price: price }, side)).toEqual(fields)
})

test('checkOnlyTighter() cannot compare a stop with none', () => {
  const bare = { ...MARKET, order_type: 'stop', stop_price: null } as const
  for (const side of ['buy', 'sell'] as const) expect(loosened(bare, { stop_price: '179' }, side)).toEqual(['stop_price'])
})

test('checkOnlyTighter() holds the limit of a stop_limit, too', () => {
  const both = { ...LIMIT, order_type: 'stop_limit', stop_price: '179' } as const
  expect(loosened(both, { limit_price: '180.01' })).toEqual(['limit_price'])
  expect(loosened(both, { limit_price: '179.99' }, 'sell')).toEqual(['limit_price'])
})

test.each<TradeAction>(['buy', 'sell'])('checkOnlyTighter() wants both limits of a %s', (side) => {
  expect(loosened({ ...LIMIT, limit_price: null }, { limit_price: '180' }, side)).toEqual(['limit_price'])
  expect(loosened(LIMIT, { limit_price: null }, side)).toEqual(['limit_price'])
})

test('checkOnlyTighter() wants a size on both sides', () => {
  expect(loosened({ ...MARKET, qty: 'x' }, { qty: '1' })).toEqual(['qty'])
})

test('checkOnlyTighter() denies what it cannot read', () => {
  const outcome = checkOnlyTighter({ side: 'buy', original: MARKET, final: null as never })
  expect(outcome).toMatchObject({ passed: false, code: 'evidence_unreadable' })
  const unknown = { ...MARKET, order_type: 'x' as never }
  expect(checkOnlyTighter({ side: 'buy', original: unknown, final: MARKET }).passed).toBe(false)
})
