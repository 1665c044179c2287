import { BREAKER_BUCKETS, BreakerState } from '@torghut/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { NO_CALLS, ONE_FAILURE, ONE_SUCCESS, addCalls, countCalls, joinBatches } from './call-window.ts'

const WINDOW_MS = 300_000
const SLICE_MS = WINDOW_MS / BREAKER_BUCKETS

test('addCalls() counts calls of one slice of time together and of the next one apart', () => {
  const first = addCalls([], ONE_FAILURE, WINDOW_MS, 0)
  const second = addCalls(first, ONE_SUCCESS, WINDOW_MS, SLICE_MS - 1)
  expect(second).toEqual([{ startMs: 0, calls: 2, failures: 1 }])
  expect(addCalls(second, ONE_SUCCESS, WINDOW_MS, SLICE_MS)).toEqual([
    { startMs: 0, calls: 2, failures: 1 },
    { startMs: SLICE_MS, calls: 1, failures: 0 },
  ])
})

test('countCalls() remembers a slice until one window after it began, and not at that instant', () => {
  const buckets = addCalls([], ONE_FAILURE, WINDOW_MS, 0)
  expect(countCalls(buckets, WINDOW_MS, WINDOW_MS - 1)).toEqual({ calls: 1, failures: 1 })
  expect(countCalls(buckets, WINDOW_MS, WINDOW_MS)).toEqual({ calls: 0, failures: 0 })
  expect(addCalls(buckets, ONE_SUCCESS, WINDOW_MS, WINDOW_MS)).toHaveLength(1)
})

test('addCalls() counts a call as new when the clock was set back', () => {
  const buckets = addCalls(addCalls([], ONE_FAILURE, WINDOW_MS, 50_000), ONE_FAILURE, WINDOW_MS, 10_000)
  expect(buckets).toEqual([{ startMs: 50_000, calls: 2, failures: 2 }])
})

test('addCalls() never holds more slices than a stored breaker may, whatever the times and windows', () => {
  const step = fc.record({ gapMs: fc.integer({ min: -5_000, max: 60_000 }), windowMs: fc.constantFrom(1_000, 7_001, 300_000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let nowMs = 1_000_000
      let buckets: BreakerState['buckets'] = []
      for (const { gapMs, windowMs } of steps) {
        nowMs = Math.max(0, nowMs + gapMs)
        buckets = addCalls(buckets, ONE_SUCCESS, windowMs, nowMs)
        expect(BreakerState.shape.buckets.safeParse(buckets).success).toBe(true)
      }
    }),
    { numRuns: 200 },
  )
})

test('joinBatches() says the same as its calls one by one', () => {
  const outcomes = fc.array(fc.boolean(), { maxLength: 12 })
  fc.assert(
    fc.property(outcomes, outcomes, (first, second) => {
      expect(joinBatches(batchOf(first), batchOf(second))).toEqual(batchOf([...first, ...second]))
    }),
  )
})

function batchOf(outcomes: boolean[]) {
  const failures = outcomes.filter((succeeded) => !succeeded).length
  const tailFailures = outcomes.length - 1 - outcomes.lastIndexOf(true)
  return outcomes.length === 0 ? NO_CALLS : { calls: outcomes.length, failures, tailFailures }
}
