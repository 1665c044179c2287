import { expect, test } from 'vitest'

import { namedStream } from '../random/random-stream.ts'
import { countTrials, selectionHonesty } from './trials.ts'

const ROWS = 'a'.repeat(64)

function run(runId: string, trials: number, rowsHash = ROWS) {
  return { runId, rowsHash, trials }
}

test('countTrials() adds up all runs on the same rows, each once', () => {
  expect(countTrials(ROWS, [run('1', 10), run('2', 5), run('2', 5), run('3', 7, 'b'.repeat(64))])).toBe(15)
  expect(countTrials(ROWS, [run('1', 10), run('1', 12)])).toBe(12)
  expect(countTrials(ROWS, [])).toBe(0)
})

test.each([0, -1, 1.5, NaN])('countTrials() refuses a run with %d trials', (trials) => {
  expect(() => countTrials(ROWS, [run('1', trials)])).toThrow(RangeError)
})

/** Net results of eight variants; the first earns `edge` deviations more than nothing. */
function variants(edge: number): number[][] {
  const stream = namedStream('variants')
  return Array.from({ length: 8 }, (_, variant) =>
    Array.from({ length: 200 }, () => stream.nextUnit() - 0.5 + (variant === 0 ? edge : 0)),
  )
}

test('selectionHonesty() believes an edge less the more was tried, and noise never', () => {
  const few = selectionHonesty(variants(0.15), 8)
  const many = selectionHonesty(variants(0.15), 100_000)
  expect(few.deflated_sharpe).toBeGreaterThan(0.95)
  expect(many.deflated_sharpe!).toBeLessThan(few.deflated_sharpe!)
  expect(few.overfitting_probability).toBeLessThan(0.05)
  expect(selectionHonesty(variants(0), 8).deflated_sharpe).toBeLessThan(0.95)
})

test('selectionHonesty() has no number where the evidence does not allow one', () => {
  expect(selectionHonesty([], 1)).toEqual({ trials: 1, deflated_sharpe: null, overfitting_probability: null })
  expect(selectionHonesty([[0.1, 0.1, 0.1]], 1).deflated_sharpe).toBeNull()
  expect(selectionHonesty([variants(0.5)[0]!], 50).deflated_sharpe).toBeNull()
  expect(selectionHonesty([variants(0.5)[0]!], 1).deflated_sharpe).toBeGreaterThan(0.9)
})
