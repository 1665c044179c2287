import { expect, test } from 'vitest'

import { namedStream } from '../random/random-stream.ts'
import { mcNemar, pairedBootstrap } from './paired.ts'

test('pairedBootstrap() covers a true mean about as often as it says', () => {
  const draws = namedStream('coverage')
  let covered = 0
  for (let sample = 0; sample < 200; sample += 1) {
    const differences = Array.from({ length: 80 }, () => draws.nextUnit() - 0.25)
    const interval = pairedBootstrap(differences, namedStream('resample', sample), { resamples: 400 })
    if (interval !== null && interval.low <= 0.25 && interval.high >= 0.25) covered += 1
  }
  expect(covered).toBeGreaterThan(176)
  expect(covered).toBeLessThan(200)
})

test('pairedBootstrap() gives the same interval for the same stream and another for another', () => {
  const differences = [0.1, -0.2, 0.4, 0, 0.3]
  const interval = pairedBootstrap(differences, namedStream('a'))
  expect(interval).toEqual(pairedBootstrap(differences, namedStream('a')))
  expect(interval).toMatchObject({ pairs: 5, mean: expect.closeTo(0.12, 12) })
  expect(interval).not.toEqual(pairedBootstrap(differences, namedStream('b'), { level: 0.5 }))
})

test.each([[[]], [[0.5]], [[0.5, NaN]], [[0.5, Infinity, 1]]])('pairedBootstrap() has no interval for %j', (differences) => {
  expect(pairedBootstrap(differences, namedStream('x'))).toBeNull()
})

test.each([
  [0, 0, 1],
  [5, 5, 1],
  [0, 6, 0.03125],
  [6, 0, 0.03125],
  // Two-sided binomial test of 2 of 12 at one half: 2 * (1 + 12 + 66) / 4096.
  [2, 10, 158 / 4096],
])('mcNemar() of %d and %d is %d', (first, second, expected) => {
  expect(mcNemar(first, second)).toBeCloseTo(expected, 12)
})
