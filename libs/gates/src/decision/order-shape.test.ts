import { expect, test } from 'vitest'

import type { Changes } from '../testing/samples.ts'
import { sampleSubmission } from '../testing/samples.ts'
import { checkOrderShape } from './order-shape.ts'

/** `passed`, or the code of the denial. */
function answerAfter(changes: Changes): string {
  const outcome = checkOrderShape(sampleSubmission(changes))
  return outcome.passed ? 'passed' : outcome.code
}

test.each([
  ['0.00000001', 'passed'],
  ['0', 'order_qty_not_positive'],
  ['-0.00000001', 'order_qty_not_positive'],
  ['NaN', 'order_qty_not_positive'],
  [10, 'order_qty_not_positive'],
  [undefined, 'order_qty_not_positive'],
])('checkOrderShape() answers a quantity of %j with %s', (qty, answer) => {
  expect(answerAfter({ 'request.decision.qty': qty })).toBe(answer)
})

test.each([
  ['market', null, null, 'passed'],
  ['market', '180', '190', 'passed'],
  ['limit', '180', null, 'passed'],
  ['limit', null, '180', 'order_price_missing'],
  ['stop', null, '180', 'passed'],
  ['stop', '180', null, 'order_price_missing'],
  ['stop_limit', '181', '180', 'passed'],
  ['stop_limit', '181', null, 'order_price_missing'],
  ['stop_limit', null, '180', 'order_price_missing'],
  ['limit', '0', null, 'order_price_invalid'],
  ['limit', '-1', null, 'order_price_invalid'],
  ['market', NaN, null, 'order_price_invalid'],
  ['market', null, '0', 'order_price_invalid'],
])('checkOrderShape() answers %s with limit %s and stop %s with %s', (type, limit, stop, answer) => {
  const prices = { 'order.limit_price': limit, 'order.stop_price': stop }
  expect(answerAfter({ 'request.decision.order_type': type, ...prices })).toBe(answer)
})

test('checkOrderShape() misses the prices of an order that is not there', () => {
  expect(answerAfter({ order: null })).toBe('passed')
  expect(answerAfter({ order: null, 'request.decision.order_type': 'limit' })).toBe('order_price_missing')
})

test('checkOrderShape() denies words it does not know and input it cannot read', () => {
  expect(answerAfter({ 'request.decision.order_type': 'iceberg' })).toBe('order_type_unknown')
  expect(answerAfter({ 'request.decision.order_type': 'constructor' })).toBe('order_type_unknown')
  expect(answerAfter({ 'request.decision.action': 'hold' })).toBe('order_side_unknown')
  expect(answerAfter({ request: null })).toBe('evidence_unreadable')
  expect(checkOrderShape(undefined as never).passed).toBe(false)
})
