import type { OrderType } from '@torghut/contracts'
import { expect, test } from 'vitest'

import type { Changes } from '../testing/samples.ts'
import { sampleAdjust, samplePolicy } from '../testing/samples.ts'
import { adjustOrder } from './adjustment.ts'
import type { AdjustableOrder } from './adjustment.ts'

const ALL_TYPES: OrderType[] = ['limit', 'market', 'stop', 'stop_limit']
const INVALID_PRICE = 'llm_adjustment_limit_price_invalid'
const WIDE = { 'advice.max_qty_multiplier': 1.25 }

interface Case {
  order?: Partial<AdjustableOrder>
  policy?: Changes
  types?: OrderType[]
  belowMinimum?: 'clamp' | 'veto'
}

/** `qty type price clamp`, or the refusal, of an adjust advice for 10 at market. */
function adjusted(advice: Changes, { order, policy = WIDE, types = ALL_TYPES, belowMinimum = 'clamp' }: Case = {}) {
  const original: AdjustableOrder = { qty: '10', orderType: 'market', limitPrice: null, ...order }
  const rules = { policy: samplePolicy(policy).advice, allowedOrderTypes: types, belowMinimum }
  const result = adjustOrder(sampleAdjust(advice), original, rules)
  if ('refusal' in result) return result.refusal
  const { qty, orderType, limitPrice } = result.order
  return [qty, orderType, limitPrice ?? '-', result.clamp ?? '-'].join(' ')
}

test.each([
  ['5', '5 market - -'],
  ['5.00', '5.00 market - -'],
  ['12.5', '12.5 market - -'],
  ['12.50000001', '12.5 market - llm_adjustment_clamped_max'],
  ['25', '12.5 market - llm_adjustment_clamped_max'],
  ['4.99999999', '5 market - llm_adjustment_clamped_min'],
  ['0.00000001', '5 market - llm_adjustment_clamped_min'],
  ['0', 'llm_adjustment_non_positive'],
  ['-5', 'llm_adjustment_non_positive'],
  [NaN, 'llm_adjustment_non_positive'],
  ['Infinity', 'llm_adjustment_non_positive'],
  ['1e3', 'llm_adjustment_non_positive'],
  [null, 'llm_adjustment_missing_qty'],
])('adjustOrder() takes an adjusted quantity of %j as %s', (qty, expected) => {
  expect(adjusted({ adjusted_qty: qty })).toBe(expected)
})

test('adjustOrder() refuses what lies below the minimum when asked to', () => {
  expect(adjusted({ adjusted_qty: '4.99999999' }, { belowMinimum: 'veto' })).toBe('llm_adjustment_below_min')
  expect(adjusted({ adjusted_qty: '5' }, { belowMinimum: 'veto' })).toBe('5 market - -')
  expect(adjusted({ adjusted_qty: '25' }, { belowMinimum: 'veto' })).toBe('12.5 market - llm_adjustment_clamped_max')
})

test('adjustOrder() multiplies exactly and never rounds past a bound', () => {
  const tenth = { order: { qty: '0.3' }, policy: { 'advice.min_qty_multiplier': 0.1, ...WIDE } }
  expect(adjusted({ adjusted_qty: '0.03' }, tenth)).toBe('0.03 market - -')
  const tiny = {
    order: { qty: '0.00000003' },
    policy: { 'advice.min_qty_multiplier': 0.5, 'advice.max_qty_multiplier': 0.9 },
  }
  expect(adjusted({ adjusted_qty: '0.00000001' }, tiny)).toBe('0.00000002 market - llm_adjustment_clamped_min')
  expect(adjusted({ adjusted_qty: '0.00000003' }, tiny)).toBe('0.00000002 market - llm_adjustment_clamped_max')
})

test('adjustOrder() refuses a range with nothing in it', () => {
  const crossed = { 'advice.min_qty_multiplier': 0.9, 'advice.max_qty_multiplier': 0.5 }
  expect(adjusted({ adjusted_qty: '7' }, { policy: crossed })).toBe('llm_adjustment_range_empty')
  const nothing = { 'advice.min_qty_multiplier': 0, 'advice.max_qty_multiplier': 0 }
  expect(adjusted({ adjusted_qty: '7' }, { policy: nothing })).toBe('llm_adjustment_non_positive')
  const point = { 'advice.min_qty_multiplier': 0.7, 'advice.max_qty_multiplier': 0.7 }
  expect(adjusted({ adjusted_qty: '7' }, { policy: point })).toBe('7 market - -')
  expect(adjusted({}, { order: { qty: 'abc' } })).toBe('llm_adjustment_original_qty_invalid')
  expect(adjusted({}, { order: { qty: '-10' } })).toBe('llm_adjustment_range_empty')
})

test('adjustOrder() needs the permission', () => {
  expect(adjusted({}, { policy: { 'advice.adjustment_allowed': false } })).toBe('llm_adjustment_disallowed')
  expect(adjusted({}, { policy: { 'advice.adjustment_allowed': 'yes' } })).toBe('llm_adjustment_disallowed')
})

test('adjustOrder() refuses a type outside the list, also when it is the one the order has', () => {
  const refused = 'llm_adjustment_order_type_not_allowed'
  expect(adjusted({ adjusted_order_type: 'stop' }, { types: ['limit', 'market'] })).toBe(refused)
  expect(adjusted({}, { types: ['limit'] })).toBe(refused)
})

test.each<[string, Changes, Partial<AdjustableOrder>, string]>([
  ['a new limit with a price', { adjusted_order_type: 'limit', limit_price: '180.10' }, {}, '8 limit 180.10 -'],
  ['a new limit without one', { adjusted_order_type: 'limit' }, {}, 'llm_adjustment_missing_limit_price'],
  ['a kept limit with a new price', { limit_price: '180' }, { orderType: 'limit', limitPrice: '181' }, '8 limit 180 -'],
  ['a kept limit with its price', {}, { orderType: 'limit', limitPrice: '181' }, '8 limit 181 -'],
  ['a kept limit without any', {}, { orderType: 'limit' }, 'llm_adjustment_missing_limit_price'],
  [
    'a changed limit type with the old price only',
    { adjusted_order_type: 'stop_limit' },
    { orderType: 'limit', limitPrice: '181' },
    'llm_adjustment_missing_limit_price',
  ],
  ['a market order with a price it cannot use', { limit_price: '180' }, {}, '8 market - -'],
  ['a price of zero', { adjusted_order_type: 'limit', limit_price: '0' }, {}, INVALID_PRICE],
  ['a negative price', { adjusted_order_type: 'limit', limit_price: '-1' }, {}, INVALID_PRICE],
  ['a price that is none', { adjusted_order_type: 'limit', limit_price: 'NaN' }, {}, INVALID_PRICE],
  ['a negative price nobody uses', { limit_price: '-1' }, {}, INVALID_PRICE],
])('adjustOrder() answers %s', (_what, advice, order, expected) => {
  expect(adjusted(advice, { order })).toBe(expected)
})

test('adjustOrder() hands no limit on where the type has no use for one', () => {
  const order: AdjustableOrder = { qty: '10', orderType: 'market', limitPrice: null }
  const rules = { policy: samplePolicy().advice, allowedOrderTypes: ALL_TYPES, belowMinimum: 'veto' } as const
  const plain = { order: { qty: '8', orderType: 'market', limitPrice: null }, clamp: null }
  expect(adjustOrder(sampleAdjust({ limit_price: null }), order, rules)).toStrictEqual(plain)
  expect(adjustOrder(sampleAdjust({ limit_price: '180' }), order, rules)).toStrictEqual(plain)
})
