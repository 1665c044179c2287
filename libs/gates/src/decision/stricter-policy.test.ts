import { expect, test } from 'vitest'

import { samplePolicy, sampleSubmission } from '../testing/samples.ts'
import type { Changes } from '../testing/samples.ts'
import { effectiveContextPolicy, stricterPolicy } from './stricter-policy.ts'

function effective(caller: Changes, server: Changes) {
  return stricterPolicy(sampleSubmission(prefixed('request.policy', caller)).request.policy, samplePolicy(server))
}

function prefixed(prefix: string, changes: Changes): Changes {
  return Object.fromEntries(Object.entries(changes).map(([path, value]) => [`${prefix}.${path}`, value]))
}

test.each([
  [true, true, true],
  [true, false, false],
  [false, true, false],
  [false, false, false],
  [undefined, true, false],
])('stricterPolicy() reads adjustment %s of the caller and %s of the server as %s', (caller, server, expected) => {
  const policy = effective({ adjustment_allowed: caller }, { 'advice.adjustment_allowed': server })
  expect(policy.advice.adjustment_allowed).toBe(expected)
})

test.each([
  ['0.4', 0.5, 0.5],
  ['0.5', 0.5, 0.5],
  ['0.6', 0.5, 0.6],
])('stricterPolicy() takes the larger minimum of %s and %s', (caller, server, expected) => {
  const policy = effective({ min_qty_multiplier: caller }, { 'advice.min_qty_multiplier': server })
  expect(policy.advice.min_qty_multiplier).toBe(expected)
})

test.each([
  ['1.25', 1, 1],
  ['1', 1, 1],
  ['0.75', 1, 0.75],
])('stricterPolicy() takes the smaller maximum of %s and %s', (caller, server, expected) => {
  const policy = effective({ max_qty_multiplier: caller }, { 'advice.max_qty_multiplier': server })
  expect(policy.advice.max_qty_multiplier).toBe(expected)
})

test('stricterPolicy() allows the order types both allow, sorted', () => {
  const types = (caller: string[], server: string[]) =>
    effective({ allowed_order_types: caller }, { allowed_order_types: server }).allowedOrderTypes
  expect(types(['stop', 'market', 'limit'], ['market', 'limit'])).toEqual(['limit', 'market'])
  expect(types(['stop'], ['market'])).toEqual([])
  expect(types([], ['market'])).toEqual([])
})

test('stricterPolicy() keeps the fail modes of paper and lets none pass through in live', () => {
  const open: Changes = {
    'advice.abstain_fail_mode': 'pass_through',
    'advice.escalate_fail_mode': 'pass_through',
    'advice.quality_fail_mode': 'pass_through',
  }
  const modes = (tradingMode: string) => {
    const { advice } = effective({}, { ...open, trading_mode: tradingMode })
    return [advice.abstain_fail_mode, advice.escalate_fail_mode, advice.quality_fail_mode]
  }
  expect(modes('paper')).toEqual(['pass_through', 'pass_through', 'pass_through'])
  expect(modes('live')).toEqual(['veto', 'veto', 'veto'])
})

test('effectiveContextPolicy() requires context in live and keeps the settings of paper', () => {
  const policy = samplePolicy()
  expect(effectiveContextPolicy(policy)).toEqual(policy.context)
  expect(effectiveContextPolicy(samplePolicy({ trading_mode: 'live' }))).toEqual({
    ...policy.context,
    required: true,
    fail_mode: 'fail_closed',
  })
})
