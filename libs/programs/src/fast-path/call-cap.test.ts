import fc from 'fast-check'
import { expect, test } from 'vitest'

import { takeCall } from './call-cap.ts'
import type { CallCap, CallTokens } from './call-cap.ts'

const CAP: CallCap = { per_minute: 60, burst: 3 }

/** Asks at each instant; tells which were let through. */
function ask(instants: readonly number[], cap = CAP): boolean[] {
  let bucket: CallTokens | null = null
  return instants.map((nowMs) => {
    const { taken, after } = takeCall(bucket, cap, nowMs)
    bucket = after
    return taken
  })
}

test('takeCall() lets a burst through at once and then one each time a token has come', () => {
  expect(ask([0, 0, 0, 0, 999, 1000, 1000, 1999, 2000])).toEqual([true, true, true, false, false, true, false, false, true])
})

test('takeCall() saves up no more than the burst', () => {
  expect(ask([0, 0, 0, 600_000, 600_000, 600_000, 600_000])).toEqual([true, true, true, true, true, true, false])
})

test('takeCall() with a smaller cap keeps what that allows', () => {
  const { after } = takeCall(null, { per_minute: 60, burst: 100 }, 0)
  expect(takeCall(after, { per_minute: 1, burst: 1 }, 0)).toEqual({ taken: true, after: { tokens: 0, atMs: 0 } })
})

test('takeCall() never lets more through in a window than the burst and what came in it', () => {
  const cap = fc.record({ per_minute: fc.integer({ min: 1, max: 6_000 }), burst: fc.integer({ min: 1, max: 50 }) })
  const gaps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(cap, gaps, (limits, waits) => {
      let nowMs = 0
      const instants = waits.map((wait) => (nowMs += wait))
      const taken = ask(instants, limits).filter(Boolean).length
      const windowMs = nowMs - (instants[0] ?? 0)
      expect(taken).toBeLessThanOrEqual(limits.burst + (windowMs * limits.per_minute) / 60_000 + 1e-6)
    }),
  )
})
