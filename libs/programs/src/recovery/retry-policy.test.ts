import { FallbackCause } from '@torghut/contracts'
import { expect, test } from 'vitest'

import type { FailureClass } from './classify.ts'
import { RETRY_DEFAULTS, nextDelayMs, nodeRetryDelayMs } from './retry-policy.ts'
import type { NodeFailure, RetryPorts } from './retry-policy.ts'

const ports = (changes: Partial<RetryPorts> = {}): RetryPorts => ({
  random: () => 0.5,
  retryAfterMs: null,
  remainingMs: 60_000,
  ...changes,
})

test.each<[FailureClass, number[]]>([
  ['transient', [100, 200]],
  ['resource', [400, 800]],
  ['validation', []],
  ['fatal', []],
])('nextDelayMs() after the attempts of a %s failure: %j', (failureClass, delays) => {
  const all = [1, 2, 3, 4].map((attempt) => nextDelayMs(attempt, failureClass, ports()))
  expect(all).toEqual([...delays, ...Array.from({ length: 4 - delays.length }, () => null)])
})

test('nextDelayMs() spreads by a quarter either way', () => {
  expect(nextDelayMs(1, 'transient', ports({ random: () => 0 }))).toBe(75)
  expect(nextDelayMs(1, 'transient', ports({ random: () => 0.75 }))).toBe(112.5)
  expect(nextDelayMs(2, 'resource', ports({ random: () => 0 }))).toBe(600)
})

test('nextDelayMs() doubles up to its cap, which resources share', () => {
  const settings = { ...RETRY_DEFAULTS, attemptsMax: 20 }
  const delays = (failureClass: FailureClass) =>
    [6, 7, 8, 19].map((attempt) => nextDelayMs(attempt, failureClass, ports(), settings))
  expect(delays('transient')).toEqual([3_200, 6_400, 10_000, 10_000])
  expect(delays('resource')).toEqual([10_000, 10_000, 10_000, 10_000])
  expect(nextDelayMs(20, 'transient', ports(), settings)).toBeNull()
})

test('nextDelayMs() waits as long as it was asked to, never less than its own pause', () => {
  expect(nextDelayMs(1, 'transient', ports({ retryAfterMs: 5_000 }))).toBe(5_000)
  expect(nextDelayMs(1, 'transient', ports({ retryAfterMs: 20 }))).toBe(100)
})

test('nextDelayMs() gives up when the pause would use up what is left', () => {
  expect(nextDelayMs(1, 'transient', ports({ remainingMs: 101 }))).toBe(100)
  expect(nextDelayMs(1, 'transient', ports({ remainingMs: 100 }))).toBeNull()
  expect(nextDelayMs(1, 'transient', ports({ remainingMs: 0 }))).toBeNull()
  expect(nextDelayMs(1, 'transient', ports({ remainingMs: 5_000, retryAfterMs: 5_000 }))).toBeNull()
})

/** Runs a node: each answer is a status, and 200 ends it. Returns how many calls it made, and the pauses between. */
function playStatuses(statuses: readonly number[]) {
  let calls = 0
  const pauses: number[] = []
  for (const status of statuses) {
    calls += 1
    if (status === 200) break
    const failure: NodeFailure = { cause: 'gateway_http_error', status, attempts: calls }
    const pauseMs = nodeRetryDelayMs(failure, ports({ random: () => 0.9 }))
    if (pauseMs === null) break
    pauses.push(pauseMs)
  }
  return { calls, pauses }
}

test('nodeRetryDelayMs() makes three calls of 503, 503, 200 with pauses in the jitter band, and one of 400', () => {
  const { calls, pauses } = playStatuses([503, 503, 200])
  expect(calls).toBe(3)
  expect(pauses[0]).toBeCloseTo(120)
  expect(pauses[1]).toBeCloseTo(240)
  expect(playStatuses([400, 200])).toEqual({ calls: 1, pauses: [] })
  expect(playStatuses([503, 503, 503, 200]).calls).toBe(3)
})

test('nodeRetryDelayMs() counts the attempts the transport made, so no call is retried twice over', () => {
  const refused = (attempts: number): NodeFailure => ({ cause: 'gateway_refused', attempts })
  expect(nodeRetryDelayMs(refused(3), ports())).toBeNull()
  expect(nodeRetryDelayMs(refused(1), ports())).toBe(100)
})

test('nodeRetryDelayMs() retries what never went out, and nothing that is over or has to be re-asked', () => {
  const retried = FallbackCause.options.filter((cause) => nodeRetryDelayMs({ cause, attempts: 1 }, ports()) !== null)
  const passing = ['gateway_refused', 'gateway_reset', 'gateway_truncated', 'gateway_error_frame']
  expect(retried).toEqual([...passing, 'overloaded'])
})
