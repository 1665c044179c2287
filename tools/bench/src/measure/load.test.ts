import { setTimeout as sleep } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { addOutcomes, keepUpLoad, outcomesInWords } from './load.ts'

const signal = new AbortController().signal

test('keepUpLoad() has exactly as many calls open as there are callers, and counts every one', async () => {
  let open = 0
  let most = 0
  let calls = 0
  const call = async () => {
    open += 1
    most = Math.max(most, open)
    await sleep(1)
    open -= 1
    calls += 1
    return calls % 2 === 0 ? 'even' : 'odd'
  }
  const { figures, outcomes } = await keepUpLoad(call, { callers: 3, loadMs: 30, signal })
  expect(most).toBe(3)
  expect(open).toBe(0)
  expect((outcomes['even'] ?? 0) + (outcomes['odd'] ?? 0)).toBe(calls)
  expect(figures.p99Ms).toBeGreaterThanOrEqual(figures.p50Ms)
})

test('keepUpLoad() lets every caller finish one call, also when it was stopped before', async () => {
  const stopped = AbortSignal.abort()
  const { outcomes } = await keepUpLoad(async () => 'answer', { callers: 2, loadMs: 60_000, signal: stopped })
  expect(outcomes).toEqual({ answer: 2 })
})

test('keepUpLoad() fails when a call fails', async () => {
  const call = () => Promise.reject(new Error('refused'))
  await expect(keepUpLoad(call, { callers: 2, loadMs: 10, signal })).rejects.toThrow('refused')
})

test('outcomesInWords() names the most frequent outcome first', () => {
  const outcomes = { approve: 2 }
  addOutcomes(outcomes, { approve: 1, gateway_timeout: 7 })
  expect(outcomesInWords(outcomes)).toBe('7 gateway_timeout, 3 approve')
})
