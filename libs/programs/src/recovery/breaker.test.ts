import { BreakerState } from '@torghut/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { breakerPhase, closedBreaker, mayProbe, recordCalls, settleProbe, takeProbe } from './breaker.ts'
import { ONE_FAILURE, ONE_SUCCESS } from './call-window.ts'

const SETTINGS = { maxErrors: 3, windowMs: 300_000, cooldownMs: 600_000 }
const START_MS = 1_795_000_000_000
const OWNER = '00000000-0000-4000-8000-000000000001'
const OTHER = '00000000-0000-4000-8000-000000000002'

/** Plays calls one by one: `.` a success, `x` a failure, `gapMs` apart, the first at `START_MS`. */
function play(calls: string, gapMs = 100, from = closedBreaker(), startMs = START_MS): BreakerState {
  return [...calls].reduce(
    (state, call, index) => recordCalls(state, call === 'x' ? ONE_FAILURE : ONE_SUCCESS, SETTINGS, startMs + index * gapMs),
    from,
  )
}

const isOpen = (state: BreakerState) => state.openUntilMs !== null
const opened = play('xxx', 0)
const halfOpenMs = START_MS + SETTINGS.cooldownMs

test.each([
  ['xx', false],
  ['xxx', true],
  ['xx.x', false],
  ['xx.xx', false],
  ['xx.xxx', true],
  [`${'.'.repeat(16)}xxx`, true],
  [`${'.'.repeat(17)}xxx`, false],
])('recordCalls() at low traffic, %j: open is %j (three in a row among fewer than 20 calls)', (calls, open) => {
  expect(isOpen(play(calls))).toBe(open)
})

test.each([
  ['...x....x....x....x', false],
  ['....x....x....x....x', true],
  ['.....x....x....x....x', false],
  [`${'.'.repeat(80)}${'x'.repeat(19)}`, false],
  [`${'.'.repeat(80)}${'x'.repeat(20)}`, true],
  [`${'.'.repeat(81)}${'x'.repeat(20)}`, false],
])('recordCalls() judges the share from 20 calls on, %s: open is %j (a fifth failed)', (calls, open) => {
  expect(isOpen(play(calls, 10))).toBe(open)
})

test('recordCalls() needs the count as well as the share', () => {
  const settings = { ...SETTINGS, maxErrors: 6 }
  const fiveOf20 = recordCalls(closedBreaker(), { calls: 20, failures: 5, tailFailures: 1 }, settings, START_MS)
  expect(isOpen(fiveOf20)).toBe(false)
  expect(isOpen(recordCalls(fiveOf20, ONE_FAILURE, settings, START_MS))).toBe(true)
})

test('recordCalls() forgets failures that are a window old', () => {
  const inWindow = recordCalls(play('xx', 0), ONE_FAILURE, SETTINGS, START_MS + SETTINGS.windowMs - 1)
  expect(isOpen(inWindow)).toBe(true)
  const later = recordCalls(play('xx', 0), ONE_FAILURE, SETTINGS, START_MS + SETTINGS.windowMs)
  expect(isOpen(later)).toBe(false)
  expect(later.streak).toHaveLength(1)
})

test('recordCalls() does not open on a success, even when one pushes the share over its limit', () => {
  const old = recordCalls(closedBreaker(), { calls: 100, failures: 0, tailFailures: 0 }, SETTINGS, START_MS)
  const failing = recordCalls(old, { calls: 24, failures: 24, tailFailures: 24 }, SETTINGS, START_MS + 60_000)
  expect(isOpen(failing)).toBe(false)
  expect(isOpen(recordCalls(failing, ONE_SUCCESS, SETTINGS, START_MS + SETTINGS.windowMs))).toBe(false)
  expect(isOpen(recordCalls(failing, ONE_FAILURE, SETTINGS, START_MS + SETTINGS.windowMs))).toBe(true)
})

test('recordCalls() opens for the cool-down, from the failure that opened it', () => {
  expect(opened).toMatchObject({ openedAtMs: START_MS, openUntilMs: halfOpenMs, probe: null })
  expect(breakerPhase(opened, halfOpenMs - 1)).toBe('open')
  expect(breakerPhase(opened, halfOpenMs)).toBe('half_open')
  expect(breakerPhase(closedBreaker(), START_MS)).toBe('closed')
})

test('recordCalls() ignores calls that end while the breaker is not closed', () => {
  expect(play('x.x', 1, opened, START_MS + 1)).toBe(opened)
  expect(play('...', 1, opened, halfOpenMs)).toBe(opened)
})

test('takeProbe() gives one probe, when the cool-down is over and not before', () => {
  const probe = { owner: OWNER, untilMs: halfOpenMs + 30_000 }
  expect(takeProbe(opened, probe, halfOpenMs - 1)).toBeNull()
  expect(takeProbe(closedBreaker(), probe, halfOpenMs)).toBeNull()
  const probing = takeProbe(opened, probe, halfOpenMs)!
  expect(probing).toEqual({ ...opened, probe })
  expect(takeProbe(probing, { ...probe, owner: OTHER }, halfOpenMs + 1)).toBeNull()
})

test('takeProbe() frees the probe of an owner that never came back, at its time', () => {
  const untilMs = halfOpenMs + 30_000
  const probing = takeProbe(opened, { owner: OWNER, untilMs }, halfOpenMs)!
  expect(mayProbe(probing, untilMs - 1)).toBe(false)
  expect(mayProbe(probing, untilMs)).toBe(true)
  expect(takeProbe(probing, { owner: OTHER, untilMs: untilMs + 1 }, untilMs)?.probe?.owner).toBe(OTHER)
})

test('settleProbe() closes on success, and three failures in a row are needed again', () => {
  const probing = takeProbe(opened, { owner: OWNER, untilMs: halfOpenMs + 1 }, halfOpenMs)!
  const closed = settleProbe(probing, { owner: OWNER, result: 'success' }, SETTINGS, halfOpenMs + 5)
  expect(closed).toEqual(closedBreaker())
  expect(isOpen(play('xx', 1, closed, halfOpenMs + 6))).toBe(false)
  expect(isOpen(play('xxx', 1, closed, halfOpenMs + 6))).toBe(true)
})

test('settleProbe() opens for a new cool-down on failure and keeps the time of the first opening', () => {
  const probing = takeProbe(opened, { owner: OWNER, untilMs: halfOpenMs + 1 }, halfOpenMs)!
  const again = settleProbe(probing, { owner: OWNER, result: 'failure' }, SETTINGS, halfOpenMs + 5)
  expect(again).toMatchObject({ openedAtMs: START_MS, openUntilMs: halfOpenMs + 5 + SETTINGS.cooldownMs, probe: null })
  expect(mayProbe(again, halfOpenMs + 4 + SETTINGS.cooldownMs)).toBe(false)
  expect(mayProbe(again, halfOpenMs + 5 + SETTINGS.cooldownMs)).toBe(true)
})

test('settleProbe() takes an unused probe back and hears nobody but its owner', () => {
  const probing = takeProbe(opened, { owner: OWNER, untilMs: halfOpenMs + 1 }, halfOpenMs)!
  expect(settleProbe(probing, { owner: OWNER, result: 'unused' }, SETTINGS, halfOpenMs)).toEqual(opened)
  expect(settleProbe(probing, { owner: OTHER, result: 'success' }, SETTINGS, halfOpenMs)).toBe(probing)
  expect(settleProbe(opened, { owner: OWNER, result: 'success' }, SETTINGS, halfOpenMs)).toBe(opened)
})

test('recordCalls() opens once three replicas together saw three failures', () => {
  const reports = [ONE_FAILURE, ONE_FAILURE, ONE_FAILURE]
  const states = reports.reduce((seen, batch) => [...seen, recordCalls(seen.at(-1)!, batch, SETTINGS, START_MS)], [closedBreaker()])
  expect(states.map(isOpen)).toEqual([false, false, false, true])
})

/** A seeded stream of numbers from 0 up to 1 (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

test.each([1, 2, 3])('recordCalls() never opens in a day of 20 calls a second of which one in 1,000 fails (seed %i)', (seed) => {
  const roll = dice(seed)
  let state = closedBreaker()
  let failures = 0
  let mostRecent = 0
  for (let call = 0; call < 20 * 86_400; call += 1) {
    const failed = roll() < 0.001
    failures += Number(failed)
    state = recordCalls(state, failed ? ONE_FAILURE : ONE_SUCCESS, SETTINGS, START_MS + call * 50)
    mostRecent = Math.max(mostRecent, failed ? state.streak.length : 0)
    if (isOpen(state)) break
  }
  expect(isOpen(state)).toBe(false)
  expect(failures).toBeGreaterThan(1_400)
  expect(mostRecent).toBeGreaterThan(0)
  expect(BreakerState.safeParse(state).success).toBe(true)
})

test('recordCalls() opens within 75 s when a busy gateway dies, and at the third call when an idle one does', () => {
  let state = recordCalls(closedBreaker(), { calls: 1, failures: 0, tailFailures: 0 }, SETTINGS, START_MS)
  let nowMs = START_MS
  for (let call = 0; call < 6_000; call += 1) state = recordCalls(state, ONE_SUCCESS, SETTINGS, (nowMs += 50))
  const diedMs = nowMs
  while (!isOpen(state) && nowMs < diedMs + 300_000) state = recordCalls(state, ONE_FAILURE, SETTINGS, (nowMs += 50))
  expect(isOpen(state)).toBe(true)
  expect(nowMs - diedMs).toBeLessThanOrEqual(75_000)
  expect(isOpen(play('xx', 20_000))).toBe(false)
  expect(isOpen(play('xxx', 20_000))).toBe(true)
})

test('recordCalls() and its neighbours keep every state storable and refuse nothing while closed', () => {
  const step = fc.record({
    what: fc.constantFrom('.', 'x', 'probe', 'success', 'failure', 'unused'),
    gapMs: fc.integer({ min: 0, max: 400_000 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let state = closedBreaker()
      let nowMs = START_MS
      for (const { what, gapMs } of steps) {
        nowMs += gapMs
        if (what === '.') state = recordCalls(state, ONE_SUCCESS, SETTINGS, nowMs)
        else if (what === 'x') state = recordCalls(state, ONE_FAILURE, SETTINGS, nowMs)
        else if (what === 'probe') state = takeProbe(state, { owner: OWNER, untilMs: nowMs + 1_000 }, nowMs) ?? state
        else state = settleProbe(state, { owner: OWNER, result: what }, SETTINGS, nowMs)
        expect(BreakerState.parse(state)).toEqual(state)
        expect(state.openedAtMs === null).toBe(state.openUntilMs === null)
        if (state.probe !== null) expect(state.openUntilMs).not.toBeNull()
      }
    }),
    { numRuns: 300 },
  )
})
