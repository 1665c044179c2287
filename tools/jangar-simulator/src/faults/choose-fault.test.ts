import { expect, test } from 'vitest'

import type { ChosenFault } from './choose-fault.ts'
import { createFaultChooser } from './choose-fault.ts'
import type { FaultPlan } from './fault-plan.ts'
import { parseFault } from './fault-plan.ts'
import { FAULTS, FAULT_KINDS } from './kinds.ts'

const none = new URLSearchParams()

test('parseFault() reads a kind, a place, and ok', () => {
  expect(parseFault('stall')).toEqual({ kind: 'stall', at: null })
  expect(parseFault('stall@12')).toEqual({ kind: 'stall', at: 12 })
  expect(parseFault('ok')).toBe('ok')
  for (const text of ['', 'Stall', 'stall@', 'stall@-1', 'meteor', 'toString', 'stall@3@4']) {
    expect(parseFault(text)).toBeNull()
  }
})

test('createFaultChooser() follows a script request by request and then ends', () => {
  const faults = createFaultChooser({ script: [{ kind: 'cut', at: 3 }, 'ok', { kind: 'stall', at: 99 }] })
  const chosen = [1, 2, 3, 4].map(() => faults.next(none))
  expect(chosen.map(told)).toEqual(['cut@3', null, 'stall@40', null])
})

test('createFaultChooser() throws the same dice for the same seed and others for another', () => {
  const sequence = (seed: string): (string | null)[] => {
    const faults = createFaultChooser({ share: 0.5, seed })
    return Array.from({ length: 200 }, () => told(faults.next(none)))
  }
  expect(sequence('a')).toEqual(sequence('a'))
  expect(sequence('a')).not.toEqual(sequence('b'))
  const hit = sequence('a').filter((fault) => fault !== null)
  expect(hit.length).toBeGreaterThan(60)
  expect(hit.length).toBeLessThan(140)
  expect(new Set(hit.map((fault) => fault.split('@')[0])).size).toBeGreaterThan(20)
})

test.each([
  [0, 0],
  [1, 50],
])('createFaultChooser() with a share of %d spoils %d of 50 requests', (share, spoilt) => {
  const faults = createFaultChooser({ share, seed: 'a', kinds: ['cut'] })
  const chosen = Array.from({ length: 50 }, () => faults.next(none)).filter((fault) => fault !== null)
  expect(chosen).toHaveLength(spoilt)
  expect(chosen.every(({ kind }) => kind === 'cut')).toBe(true)
})

test('createFaultChooser() lets an address outrank the plan, once a case unless told otherwise', () => {
  const plan: FaultPlan = { script: [{ kind: 'cut', at: 1 }] }
  const faults = createFaultChooser(plan)
  const ask = (query: string): string | null => told(faults.next(new URLSearchParams(query)))
  expect(ask('fault=stall@2')).toBe('stall@2')
  expect([1, 2].map(() => ask('fault=stall@2&case=a'))).toEqual(['stall@2', null])
  expect([1, 2, 3].map(() => ask('fault=stall@2&case=b&times=2'))).toEqual(['stall@2', 'stall@2', null])
  expect(ask('fault=ok')).toBeNull()
  expect(ask('')).toBe('cut@1')
})

test('createFaultChooser() begins anew with a new plan and says what it does', () => {
  const faults = createFaultChooser({ script: [{ kind: 'cut', at: 1 }] })
  faults.next(none)
  faults.set({ script: [{ kind: 'stall', at: 5 }, { kind: 'http_503', at: null }, 'ok'] })
  expect(told(faults.next(none))).toBe('stall@5')
  expect(faults.describe()).toEqual({ script: ['stall@5', 'http_503', 'ok'], asked: 1 })
})

test('FAULTS holds at least 25 kinds, each told in one line', () => {
  expect(FAULT_KINDS.length).toBeGreaterThanOrEqual(25)
  for (const kind of FAULT_KINDS) expect(FAULTS[kind].doc).toMatch(/^[^\n]{10,120}$/)
})

function told(fault: ChosenFault | null): string | null {
  return fault === null ? null : `${fault.kind}@${fault.at(40)}`
}
