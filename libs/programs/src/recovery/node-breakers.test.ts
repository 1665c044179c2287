import { expect, test } from 'vitest'

import { nodeBreakerKey } from './breaker-key.ts'
import { NODE_BREAKERS_MAX, NodeBreakers } from './node-breakers.ts'

const SETTINGS = { maxErrors: 3, windowMs: 300_000, cooldownMs: 600_000 }
const LEASE_MS = 8_000
const KEY = nodeBreakerKey('a'.repeat(64), 'thesis')

function breakersAt(startMs = 1_795_000_000_000) {
  const clock = { nowMs: startMs }
  let owners = 0
  const newOwner = () => `00000000-0000-4000-8000-${String((owners += 1)).padStart(12, '0')}`
  return { clock, breakers: new NodeBreakers(SETTINGS, { now: () => clock.nowMs, newOwner }) }
}

function fail(breakers: NodeBreakers, key = KEY): void {
  breakers.settle(breakers.admit(key, LEASE_MS)!, 'failure')
}

test('admit() refuses a node before its first attempt once three runs in a row got nothing usable from it', () => {
  const { breakers } = breakersAt()
  fail(breakers)
  fail(breakers)
  expect(breakers.phase(KEY)).toBe('closed')
  fail(breakers)
  expect(breakers.phase(KEY)).toBe('open')
  expect(breakers.admit(KEY, LEASE_MS)).toBeNull()
})

test('admit() keeps nodes and artifacts apart', () => {
  const { breakers } = breakersAt()
  for (let run = 0; run < 3; run += 1) fail(breakers)
  expect(breakers.admit(nodeBreakerKey('a'.repeat(64), 'counter'), LEASE_MS)).not.toBeNull()
  expect(breakers.admit(nodeBreakerKey('b'.repeat(64), 'thesis'), LEASE_MS)).not.toBeNull()
})

test('admit() lets exactly one of twenty through after the cool-down, and success closes', () => {
  const { breakers, clock } = breakersAt()
  for (let run = 0; run < 3; run += 1) fail(breakers)
  clock.nowMs += SETTINGS.cooldownMs - 1
  expect(breakers.admit(KEY, LEASE_MS)).toBeNull()
  clock.nowMs += 1
  const admitted = Array.from({ length: 20 }, () => breakers.admit(KEY, LEASE_MS)).filter((each) => each !== null)
  expect(admitted).toHaveLength(1)
  breakers.settle(admitted[0]!, 'success')
  expect(breakers.phase(KEY)).toBe('closed')
})

test('admit() gives the probe away again when its holder found nothing out or never came back', () => {
  const { breakers, clock } = breakersAt()
  for (let run = 0; run < 3; run += 1) fail(breakers)
  clock.nowMs += SETTINGS.cooldownMs
  breakers.settle(breakers.admit(KEY, LEASE_MS)!, 'unused')
  expect(breakers.admit(KEY, LEASE_MS)).not.toBeNull()
  expect(breakers.admit(KEY, LEASE_MS)).toBeNull()
  clock.nowMs += LEASE_MS
  expect(breakers.admit(KEY, LEASE_MS)).not.toBeNull()
})

test('settle() reopens after a failed probe for a whole cool-down', () => {
  const { breakers, clock } = breakersAt()
  for (let run = 0; run < 3; run += 1) fail(breakers)
  clock.nowMs += SETTINGS.cooldownMs
  fail(breakers)
  clock.nowMs += SETTINGS.cooldownMs - 1
  expect(breakers.admit(KEY, LEASE_MS)).toBeNull()
  clock.nowMs += 1
  expect(breakers.admit(KEY, LEASE_MS)).not.toBeNull()
})

test('settle() hears nothing in a run that says nothing, and a success starts the count anew', () => {
  const { breakers } = breakersAt()
  for (let run = 0; run < 5; run += 1) breakers.settle(breakers.admit(KEY, LEASE_MS)!, 'unused')
  fail(breakers)
  fail(breakers)
  breakers.settle(breakers.admit(KEY, LEASE_MS)!, 'success')
  fail(breakers)
  fail(breakers)
  expect(breakers.phase(KEY)).toBe('closed')
})

test('settle() forgets the node that was longest not used, when there are too many', () => {
  const { breakers } = breakersAt()
  for (let run = 0; run < 3; run += 1) fail(breakers)
  for (let other = 0; other < NODE_BREAKERS_MAX - 1; other += 1) fail(breakers, `other ${other}`)
  expect(breakers.phase(KEY)).toBe('open')
  fail(breakers, 'one more')
  expect(breakers.phase(KEY)).toBe('closed')
})

test('settle() remembers a node that is used again while others come and go', () => {
  const { breakers, clock } = breakersAt()
  for (let run = 0; run < 3; run += 1) fail(breakers)
  clock.nowMs += SETTINGS.cooldownMs
  for (let other = 0; other < NODE_BREAKERS_MAX - 1; other += 1) fail(breakers, `other ${other}`)
  fail(breakers)
  for (let other = 0; other < 10; other += 1) fail(breakers, `more ${other}`)
  expect(breakers.phase(KEY)).toBe('open')
})
