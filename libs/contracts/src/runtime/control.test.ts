import { expect, test } from 'vitest'

import { ControlChange, ControlName, controlChangeIssue } from './control.ts'

const NOW = new Date('2026-03-01T09:00:00Z')
const CHANGE = ControlChange.parse({ value: true, reason: 'Feed is late' })

test('ControlChange reads absent scope and expiry as none', () => {
  expect(CHANGE).toEqual({ value: true, scope: null, reason: 'Feed is late', expires_at: null })
})

test.each([
  [{ scope: {} }],
  [{ scope: { symbol: '' } }],
  [{ scope: { account: 'x' } }],
  [{ value: 'true' }],
  [{ reason: '' }],
  [{ reason: undefined }],
  [{ expires_at: 'tomorrow' }],
  [{ actor: 'me' }],
])('ControlChange refuses %j', (change) => {
  expect(ControlChange.safeParse({ ...CHANGE, ...change }).success).toBe(false)
})

const FREE_NAMES = ControlName.options.filter((name) => name !== 'throttle')

test.each(FREE_NAMES)('controlChangeIssue() lets %s have a scope only where one makes sense', (name) => {
  const scoped = ControlChange.parse({ ...CHANGE, scope: { symbol: 'SPY' } })
  const aboutReviews = name === 'force_deterministic' || name === 'halt_new_risk'
  expect(controlChangeIssue(name, scoped, NOW)?.code).toBe(aboutReviews ? undefined : 'scope_not_applicable')
  expect(controlChangeIssue(name, CHANGE, NOW)).toBeNull()
})

test.each([
  [null, 'scope_incomplete'],
  [{ symbol: 'SPY' }, 'scope_incomplete'],
  [{ strategy_id: 's' }, 'scope_incomplete'],
  [{ symbol: 'SPY', strategy_id: 's' }, undefined],
])('controlChangeIssue() judges a throttle with the scope %j: %s', (scope, code) => {
  const change = ControlChange.parse({ ...CHANGE, scope })
  expect(controlChangeIssue('throttle', change, NOW)?.code).toBe(code)
})

test('controlChangeIssue() lets no throttle end by itself', () => {
  const scope = { symbol: 'SPY', strategy_id: 's' }
  const change = ControlChange.parse({ ...CHANGE, scope, expires_at: '2026-03-01T10:00:00Z' })
  expect(controlChangeIssue('throttle', change, NOW)?.code).toBe('expiry_not_applicable')
})

test.each([
  ['2026-03-01T09:00:00.001Z', undefined],
  ['2026-03-01T09:00:00Z', 'expired'],
  ['2026-03-01T08:59:59Z', 'expired'],
])('controlChangeIssue() at 09:00 judges the expiry %s: %s', (expires_at, code) => {
  expect(controlChangeIssue('halt_new_risk', { ...CHANGE, expires_at }, NOW)?.code).toBe(code)
})
