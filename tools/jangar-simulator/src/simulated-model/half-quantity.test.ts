import { expect, test } from 'vitest'

import { halfQuantity } from './half-quantity.ts'

test.each([
  ['20', '0.5', '10'],
  ['21', '0', '10'],
  ['21', '0.5', '11'],
  ['25.5', '0', '12'],
  ['2', '0.5', '1'],
  ['3', '0.5', '2'],
  ['12345678901234567890', '0', '6172839450617283945'],
])('halfQuantity() of %s above a multiplier of %s is %s', (qty, min, half) => {
  expect(halfQuantity(order(qty, { adjustment_allowed: true, min_qty_multiplier: min }))).toBe(half)
})

test.each(['1', '0', '0.5', '-4', 'many', ''])('halfQuantity() of "%s" is none', (qty) => {
  expect(halfQuantity(order(qty, { adjustment_allowed: true, min_qty_multiplier: '0' }))).toBeNull()
})

test('halfQuantity() respects a policy that allows no adjustment, or none at all', () => {
  expect(halfQuantity(order('20', { adjustment_allowed: false, min_qty_multiplier: '0' }))).toBeNull()
  expect(halfQuantity({ decision: { qty: '20' } })).toBeNull()
})

function order(qty: string, policy: object): Record<string, unknown> {
  return { decision: { qty }, policy }
}
