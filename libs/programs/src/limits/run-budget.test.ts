import fc from 'fast-check'
import { expect, test } from 'vitest'

import { RESOURCE_KINDS, RESOURCE_PRESETS, RunBudget, exceededReason, reviewLimits } from './resource-limits.ts'
import type { ResourceKind, ResourceLimits } from './resource-limits.ts'
import type { Reservation } from './run-budget.ts'

const LIMITS: ResourceLimits = { calls: 100, tokens: 100, timeMs: 100, memoryBytes: 100, concurrency: 100, warnAt: 0.8 }

/** A run that has used this much of one kind, and little of the others. */
function budgetWith(kind: ResourceKind, used: number, limits = LIMITS): RunBudget {
  let nowMs = 5_000
  const budget = new RunBudget(limits, () => nowMs)
  if (kind === 'time') nowMs += used
  else if (kind === 'concurrency') for (let open = 0; open < used; open += 1) reserve(budget, { tokens: 0, calls: 0 })
  else {
    const reservation = reserve(budget, { tokens: 0, calls: 0 })
    budget.settle(reservation, { tokens: 0, calls: 0, ...{ [kind === 'memory' ? 'memoryBytes' : kind]: used } })
  }
  return budget
}

function reserve(budget: RunBudget, projected: { tokens: number; calls?: number; memoryBytes?: number }): Reservation {
  const reservation = budget.reserveCall(projected)
  if (!reservation.ok) throw new TypeError(`Refused for ${reservation.kind}`)
  return reservation
}

/** One more of a kind. */
const MORE: Record<ResourceKind, { tokens: number; calls: number; memoryBytes?: number; timeMs?: number }> = {
  calls: { tokens: 0, calls: 1 },
  tokens: { tokens: 1, calls: 0 },
  time: { tokens: 0, calls: 0, timeMs: 1 },
  memory: { tokens: 0, calls: 0, memoryBytes: 1 },
  concurrency: { tokens: 0, calls: 0 },
}

test.each(RESOURCE_KINDS)('status() of %s warns from 80 % up to the limit', (kind) => {
  const statuses = [0, 79, 80, 100].map((used) => budgetWith(kind, used).status(kind))
  expect(statuses).toEqual(['ok', 'ok', 'warning', 'warning'])
})

test('status() exceeds strictly above the limit, which concurrency never gets to', () => {
  const reachable = RESOURCE_KINDS.filter((kind) => kind !== 'concurrency')
  expect(reachable.map((kind) => budgetWith(kind, 101).status(kind))).toEqual(reachable.map(() => 'exceeded'))
  expect(() => budgetWith('concurrency', 101)).toThrow('Refused for concurrency')
})

test.each(RESOURCE_KINDS)('reserveCall() sends the call that just fits into %s and refuses the one above', (kind) => {
  expect(budgetWith(kind, 99).reserveCall(MORE[kind]).ok).toBe(true)
  expect(budgetWith(kind, 100).reserveCall(MORE[kind])).toEqual({ ok: false, kind, used: 101, limit: 100 })
  expect(exceededReason(kind)).toBe(`resource_exceeded:${kind}`)
})

/** The property of the limits that holds a kind. */
const PROPERTY = { calls: 'calls', tokens: 'tokens', time: 'timeMs', memory: 'memoryBytes', concurrency: 'concurrency' }

test.each(RESOURCE_KINDS)('reserveCall() has no limit of %s when it is null, and nothing left when it is 0', (kind) => {
  const unlimited = budgetWith(kind, 200, { ...LIMITS, [PROPERTY[kind]]: null })
  expect(unlimited.reserveCall(MORE[kind]).ok).toBe(true)
  expect(unlimited.status(kind)).toBe('ok')
  const none = budgetWith(kind, 0, { ...LIMITS, [PROPERTY[kind]]: 0 })
  expect(none.status(kind)).toBe('ok')
  expect(none.reserveCall(MORE[kind])).toMatchObject({ ok: false, kind })
})

test('reserveCall() counts calls that are under way, so that many at once cannot pass a limit together', () => {
  const budget = new RunBudget({ ...LIMITS, calls: 2, tokens: 10 }, () => 0)
  const first = reserve(budget, { tokens: 6 })
  expect(budget.reserveCall({ tokens: 6 })).toMatchObject({ ok: false, kind: 'tokens', used: 12 })
  const second = reserve(budget, { tokens: 4 })
  expect(budget.reserveCall({ tokens: 0 })).toMatchObject({ ok: false, kind: 'calls', used: 3 })
  budget.release(second)
  budget.settle(first, { tokens: 2 })
  expect(reserve(budget, { tokens: 8 }).ok).toBe(true)
})

test('settle() tells when more was used than was set aside, and nothing more is sent then', () => {
  const budget = new RunBudget({ ...LIMITS, calls: 3 }, () => 0)
  const reservation = reserve(budget, { tokens: 50 })
  const over = budget.settle(reservation, { tokens: 101, calls: 3 })
  expect(over).toEqual({ ok: false, kind: 'tokens', used: 101, limit: 100 })
  expect(budget.status('calls')).toBe('warning')
  expect(budget.reserveCall({ tokens: 0 }).ok).toBe(false)
  const exact = new RunBudget(LIMITS, () => 0)
  expect(exact.settle(reserve(exact, { tokens: 50 }), { tokens: 100 })).toBeNull()
})

test('settle() lets the projection stand for what the gateway did not tell, and says so', () => {
  const budget = new RunBudget(LIMITS, () => 0)
  budget.settle(reserve(budget, { tokens: 30 }), { tokens: 20 })
  expect(budget.usage()).toMatchObject({ calls: 1, tokens: 20, tokensEstimated: false })
  budget.settle(reserve(budget, { tokens: 30, calls: 2 }), { tokens: null })
  expect(budget.usage()).toMatchObject({ calls: 3, tokens: 50, tokensEstimated: true })
})

test('settle() and release() end a reservation once', () => {
  const budget = new RunBudget(LIMITS, () => 0)
  const settled = reserve(budget, { tokens: 10 })
  budget.settle(settled, { tokens: 10 })
  budget.settle(settled, { tokens: 90 })
  budget.release(settled)
  const released = reserve(budget, { tokens: 10 })
  budget.release(released)
  budget.settle(released, { tokens: 90 })
  expect(budget.usage()).toMatchObject({ calls: 1, tokens: 10 })
  expect(budget.used('concurrency')).toBe(0)
})

test('usage() tells the peaks of memory and concurrency, and the time', () => {
  let nowMs = 1_000
  const budget = new RunBudget(LIMITS, () => nowMs)
  const first = reserve(budget, { tokens: 0, memoryBytes: 40 })
  const second = reserve(budget, { tokens: 0, memoryBytes: 30 })
  budget.settle(first, { tokens: 0, memoryBytes: 5 })
  budget.settle(second, { tokens: 0, memoryBytes: 6 })
  nowMs += 25
  expect(budget.used('memory')).toBe(11)
  expect(budget.usage()).toMatchObject({ memoryPeakBytes: 70, concurrencyPeak: 2, timeMs: 25 })
  expect(budget.remainingMs()).toBe(75)
  nowMs += 100
  expect(budget.remainingMs()).toBe(0)
})

test('reserveCall() never lets what is set aside and spent as projected pass a limit', () => {
  const step = fc.record({ open: fc.boolean(), tokens: fc.nat(60), memoryBytes: fc.nat(60), pick: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const limits = { ...LIMITS, calls: 12, concurrency: 3 }
      const budget = new RunBudget(limits, () => 0)
      const open: Reservation[] = []
      for (const { open: opens, tokens, memoryBytes, pick } of steps) {
        if (opens) {
          const reservation = budget.reserveCall({ tokens, memoryBytes })
          if (reservation.ok) open.push(reservation)
        } else {
          const [ended] = open.splice(pick % Math.max(open.length, 1), 1)
          if (ended !== undefined) budget.settle(ended, { tokens: Math.min(ended.tokens, tokens) })
        }
        for (const kind of RESOURCE_KINDS) expect(budget.status(kind)).not.toBe('exceeded')
        expect(budget.used('concurrency')).toBe(open.length)
      }
      for (const reservation of open) budget.release(reservation)
      expect(budget.used('memory')).toBe(0)
    }),
    { numRuns: 200 },
  )
})

test('RESOURCE_PRESETS and reviewLimits() hold the specified sizes', () => {
  const rows = Object.entries(RESOURCE_PRESETS).map(([name, limits]) => [name, ...Object.values(limits)])
  expect(rows).toEqual([
    ['production', 20, 200_000, 600_000, 2_048 * 1024 * 1024, 3, 0.8],
    ['development', 10, 50_000, 120_000, 1_024 * 1024 * 1024, 2, 0.8],
    ['strict', 5, 20_000, 60_000, 500 * 1024 * 1024, 1, 0.7],
    ['unlimited', null, null, null, null, null, 0.8],
  ])
  expect(reviewLimits(8_000)).toMatchObject({ calls: 12, concurrency: 3, timeMs: 8_000, tokens: 200_000 })
})

test('status() of the strict preset warns from 70 %', () => {
  const budget = new RunBudget({ ...RESOURCE_PRESETS.strict, concurrency: null }, () => 0)
  budget.settle(reserve(budget, { tokens: 0 }), { tokens: 13_999 })
  expect(budget.status('tokens')).toBe('ok')
  budget.settle(reserve(budget, { tokens: 0 }), { tokens: 1 })
  expect(budget.status('tokens')).toBe('warning')
})
