import { expect, test } from 'vitest'

import { namedStream } from '../random/random-stream.ts'
import type { RandomStream } from '../random/random-stream.ts'
import { deflatedSharpe, expectedMaximumSharpe, sharpeRatio } from './deflated-sharpe.ts'
import { normalCdf, normalQuantile } from './normal.ts'
import { overfittingProbability } from './overfitting.ts'

/** The worked example of the paper: annual figures over five years of 250 days, brought down to one day. */
const PUBLISHED = {
  sharpe: 2.5 / Math.sqrt(250),
  observations: 1250,
  skewness: -3,
  kurtosis: 10,
  trials: 100,
  trialVariance: 0.5 / 250,
}

test('deflatedSharpe() gives the published 0.9004', () => {
  expect(deflatedSharpe(PUBLISHED)).toBeCloseTo(0.9004, 4)
})

test('deflatedSharpe() falls as more variants were tried, and is null for evidence that is none', () => {
  const after = (trials: number) => deflatedSharpe({ ...PUBLISHED, trials }) ?? 0
  expect(after(1)).toBeGreaterThan(after(46))
  expect(after(46)).toBeGreaterThan(after(1000))
  for (const broken of [{ sharpe: NaN }, { observations: 1 }, { trials: 0 }, { trialVariance: -1 }, { skewness: 50 }]) {
    expect(deflatedSharpe({ ...PUBLISHED, ...broken })).toBeNull()
  }
})

test('expectedMaximumSharpe() is nothing for one trial and grows with their number', () => {
  expect(expectedMaximumSharpe(1, 0.5)).toBe(0)
  // Expected maximum of ten standard normals: 1.53875 (Teichroew 1956); the approximation is good to two per cent.
  expect(Math.abs(expectedMaximumSharpe(10, 1) / 1.53875 - 1)).toBeLessThan(0.03)
})

test('sharpeRatio() is null where nothing varies', () => {
  expect(sharpeRatio([0.01, 0.01, 0.01])).toBeNull()
  expect(sharpeRatio([0.1, 0.1, 0.1])).toBeNull()
  expect(sharpeRatio([0.01])).toBeNull()
  expect(sharpeRatio([1, 2, 3])).toBeCloseTo(2, 12)
})

test('normalQuantile() undoes normalCdf()', () => {
  expect(normalQuantile(0.95)).toBeCloseTo(1.6448536, 6)
  for (const p of [0.001, 0.2, 0.5, 0.975]) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 8)
})

test('overfittingProbability() is about one half on noise and small on a planted edge', () => {
  const seeds = Array.from({ length: 100 }, (_, seed) => seed)
  const average = (edge: number) =>
    seeds.reduce((sum, seed) => sum + (overfittingProbability(variants(`${seed}`, edge), 8) ?? NaN), 0) / seeds.length
  expect(Math.abs(average(0) - 0.5)).toBeLessThan(0.08)
  expect(average(0.6)).toBeLessThan(0.1)
})

test('overfittingProbability() wants two even variants and enough observations', () => {
  expect(overfittingProbability([[1, 2, 3, 4]], 2)).toBeNull()
  expect(
    overfittingProbability(
      [
        [1, 2, 3, 4],
        [1, 2, 3],
      ],
      2,
    ),
  ).toBeNull()
  expect(
    overfittingProbability(
      [
        [1, 2, 3, 4],
        [1, 2, 3, NaN],
      ],
      2,
    ),
  ).toBeNull()
  expect(
    overfittingProbability(
      [
        [1, 2, 3],
        [3, 1, 2],
      ],
      2,
    ),
  ).toBeNull()
  expect(overfittingProbability(variants('whole', 0.5), 16)).toBeLessThan(0.1)
})

/** Eight variants over 96 periods of noise; the first one earns `edge` deviations more than nothing. */
function variants(seed: string, edge: number): number[][] {
  const stream = namedStream(seed, 'returns')
  return Array.from({ length: 8 }, (_, variant) =>
    Array.from({ length: 96 }, () => noise(stream) + (variant === 0 ? edge : 0)),
  )
}

/** Roughly normal, variance one: twelve uniform draws. */
function noise(stream: RandomStream): number {
  return Array.from({ length: 12 }, () => stream.nextUnit()).reduce((sum, value) => sum + value, -6)
}
