import { CircuitSnapshot } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { closedBreaker, recordCalls } from './breaker.ts'
import { circuitSnapshot } from './circuit-snapshot.ts'

const SETTINGS = { maxErrors: 3, windowMs: 300_000, cooldownMs: 600_000 }
const NOON_MS = Date.parse('2026-03-02T12:00:00Z')
const opened = recordCalls(closedBreaker(), { calls: 3, failures: 3, tailFailures: 3 }, SETTINGS, NOON_MS)

test('circuitSnapshot() of a breaker that saw nothing shows its settings and zeros', () => {
  const snapshot = circuitSnapshot(closedBreaker(), SETTINGS, NOON_MS)
  expect(CircuitSnapshot.parse(snapshot)).toEqual({
    open: false,
    open_until: null,
    opened_at: null,
    max_errors: 3,
    window_seconds: 300,
    cooldown_seconds: 600,
    cooldown_remaining_seconds: 0,
    open_seconds: 0,
    recent_error_count: 0,
  })
})

test('circuitSnapshot() of an open breaker counts down its cool-down and up its time', () => {
  expect(circuitSnapshot(opened, SETTINGS, NOON_MS + 60_000)).toMatchObject({
    open: true,
    open_until: '2026-03-02T12:10:00.000Z',
    opened_at: '2026-03-02T12:00:00.000Z',
    cooldown_remaining_seconds: 540,
    open_seconds: 60,
    recent_error_count: 3,
  })
})

test('circuitSnapshot() stays open while half-open, with nothing left of the cool-down', () => {
  expect(circuitSnapshot(opened, SETTINGS, NOON_MS + 601_000)).toMatchObject({
    open: true,
    cooldown_remaining_seconds: 0,
    open_seconds: 601,
    recent_error_count: 0,
  })
})
