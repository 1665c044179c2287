import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { KeyLeases, LEASE_MS } from './key-leases.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('hold() prolongs a lease well before it runs out, until it is let go', async () => {
  const renewals: string[][] = []
  const leases = new KeyLeases(async ({ held, leaseMs }) => {
    expect(leaseMs).toBe(LEASE_MS)
    renewals.push(held.map(({ key }) => key))
  })
  const letGoOne = leases.hold({ key: 'one', owner: 'o' })
  const letGoTwo = leases.hold({ key: 'two', owner: 'o' })
  await vi.advanceTimersByTimeAsync(LEASE_MS - 1)
  expect(renewals.length).toBeGreaterThanOrEqual(3)
  expect(renewals.at(-1)).toEqual(['one', 'two'])
  letGoOne()
  await vi.advanceTimersByTimeAsync(LEASE_MS)
  expect(renewals.at(-1)).toEqual(['two'])
  letGoTwo()
  const { length } = renewals
  await vi.advanceTimersByTimeAsync(10 * LEASE_MS)
  expect(renewals).toHaveLength(length)
})

test('hold() asks one renewal at a time and survives one that fails', async () => {
  let asked = 0
  const first = Promise.withResolvers<undefined>()
  const leases = new KeyLeases(async () => {
    asked += 1
    if (asked === 1) await first.promise
  })
  const letGo = leases.hold({ key: 'k', owner: 'o' })
  await vi.advanceTimersByTimeAsync(LEASE_MS)
  expect(asked).toBe(1)
  first.reject(new Error('away'))
  await vi.advanceTimersByTimeAsync(LEASE_MS)
  expect(asked).toBeGreaterThan(1)
  letGo()
})
