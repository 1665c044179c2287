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

test.each(ControlName.options)('controlChangeIssue() lets %s have a scope only where one makes sense', (name) => {
  const scoped = ControlChange.parse({ ...CHANGE, scope: { symbol: 'SPY' } })
  const aboutReviews = name === 'force_deterministic' || name === 'halt_new_risk'
  expect(controlChangeIssue(name, scoped, NOW)?.code).toBe(aboutReviews ? undefined : 'scope_not_applicable')
  expect(controlChangeIssue(name, CHANGE, NOW)).toBeNull()
})

test.each([
  ['2026-03-01T09:00:00.001Z', undefined],
  ['2026-03-01T09:00:00Z', 'expired'],
  ['2026-03-01T08:59:59Z', 'expired'],
])('controlChangeIssue() at 09:00 judges the expiry %s: %s', (expires_at, code) => {
  expect(controlChangeIssue('halt_new_risk', { ...CHANGE, expires_at }, NOW)?.code).toBe(code)
})
