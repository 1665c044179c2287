import type { OrderType, RegimeAction, ReviewedOrder, TradeAction } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { isChanged, prepareOrder } from './prepare-order.ts'

const INSTRUMENT = { tick_size: '0.05', lot_size: '5', min_qty: '5', halted: false, restricted: false, shortable: true }

function order(changes: Partial<ReviewedOrder> = {}): ReviewedOrder {
  return { qty: '20', order_type: 'market', limit_price: null, stop_price: null, ...changes }
}

function prepare(wanted: ReviewedOrder, { side = 'buy', regime = 'pass' }: { side?: TradeAction; regime?: RegimeAction } = {}) {
  return prepareOrder(wanted, { side, instrument: INSTRUMENT, regime })
}

test.each([
  ['20', '20'],
  ['24.99999999', '20'],
  ['25', '25'],
  ['4.99999999', '0'],
  ['5.00', '5.00'],
])('prepareOrder() rounds %s lots of 5 down to %s', (qty, expected) => {
  expect(prepare(order({ qty })).qty).toBe(expected)
})

test.each([
  ['20', '10'],
  ['25', '10'],
  ['9', '5'],
  ['5', '5'],
  ['4', '0'],
])('prepareOrder() degrades %s to %s: half, in whole lots, one at least', (qty, expected) => {
  expect(prepare(order({ qty }), { regime: 'degrade' }).qty).toBe(expected)
})

test('prepareOrder() without an instrument rounds nothing, and degrades to whole units', () => {
  const wanted = order({ qty: '7.5', order_type: 'limit', limit_price: '10.01' })
  expect(prepareOrder(wanted, { side: 'buy', instrument: null, regime: 'pass' })).toEqual(wanted)
  expect(prepareOrder(wanted, { side: 'buy', instrument: null, regime: 'degrade' }).qty).toBe('3')
})

test.each<[OrderType, TradeAction, Partial<ReviewedOrder>, Partial<ReviewedOrder>]>([
  ['limit', 'buy', { limit_price: '10.09' }, { limit_price: '10.05' }],
  ['limit', 'sell', { limit_price: '10.01' }, { limit_price: '10.05' }],
  ['stop', 'buy', { stop_price: '10.01' }, { stop_price: '10.05' }],
  ['stop', 'sell', { stop_price: '10.09' }, { stop_price: '10.05' }],
  ['stop_limit', 'buy', { limit_price: '10.12', stop_price: '10.02' }, { limit_price: '10.1', stop_price: '10.05' }],
  ['limit', 'buy', { limit_price: '10.05', stop_price: '9.99' }, { limit_price: '10.05', stop_price: '9.99' }],
  ['market', 'buy', { limit_price: '10.01' }, { limit_price: '10.01' }],
])('prepareOrder() moves the prices of a %s %s to the less aggressive tick', (order_type, side, prices, expected) => {
  expect(prepare(order({ order_type, ...prices }), { side })).toMatchObject(expected)
})

test('prepareOrder() leaves what it cannot read for a gate to deny', () => {
  const odd = order({ qty: 'many', order_type: 'limit', limit_price: 'cheap' })
  expect(prepare(odd)).toEqual(odd)
})

test('isChanged() compares field by field', () => {
  expect(isChanged(order(), order())).toBe(false)
  for (const change of [{ qty: '19' }, { order_type: 'limit' }, { limit_price: '1' }, { stop_price: '1' }] as const) {
    expect(isChanged(order(), order(change))).toBe(true)
  }
})
