import fc from 'fast-check'
import { expect, test } from 'vitest'

import { AdviceVerdict, Calibrator, canonicalJson } from '@torghut/contracts'
import type { Probabilities } from '@torghut/contracts'

import { calibrate } from './calibrate.ts'
import { toSteps } from './class-rows.ts'
import { exactExp, exactLog, exactSigmoid } from './exact-math.ts'
import { CALIBRATION_ROWS_MIN, fitCalibrator } from './fit-calibrator.ts'
import type { CalibrationRow } from './fit-calibrator.ts'
import { isotonicPoints } from './isotonic.ts'
import { plattPoints } from './platt.ts'

const FITTED_ON = 'f'.repeat(64)
const RAW: Probabilities = { approve: 0.64, veto: 0.16, adjust: 0.1, abstain: 0.06, escalate: 0.04 }

const calibratorOf = (classes: Partial<Calibrator['classes']>): Calibrator => ({
  schema_version: 'torghut.calibrator.v1',
  method: 'isotonic',
  fitted_on: FITTED_ON,
  rows: 100,
  classes: { approve: null, veto: null, adjust: null, abstain: null, escalate: null, ...classes },
})

test('calibrate() without a calibrator passes the probabilities on and says so', () => {
  expect(calibrate(RAW, null)).toEqual({ probabilities: RAW, metadata: { method: 'uncalibrated' } })
})

test('calibrate() leaves classes without a table as stated, and names method, version and raw values', () => {
  expect(calibrate(RAW, calibratorOf({}))).toEqual({
    probabilities: RAW,
    metadata: {
      method: 'isotonic',
      version: 'torghut.calibrator.v1',
      fitted_on: FITTED_ON,
      rows: 100,
      raw_probabilities: RAW,
    },
  })
})

test.each([
  ['below the first point', 0.1, 0.3],
  ['on the first point', 0.2, 0.3],
  ['halfway', 0.4, 0.4],
  ['on the last point', 0.6, 0.5],
  ['above the last point', 0.9, 0.5],
])('calibrate() interpolates %s', (_where, stated, mapped) => {
  const raw = { approve: stated, veto: 1 - mapped, adjust: 0, abstain: 0, escalate: 0 }
  const table: [number, number][] = [[200_000, 300_000], [600_000, 500_000]]
  const { approve, veto } = calibrate(raw, calibratorOf({ approve: table })).probabilities
  expect([approve, veto]).toEqual([mapped, 1 - mapped])
})

test('calibrate() gives what rounding leaves over to the strictest verdict, never to approve', () => {
  const third = (units: number): [number, number][] => [[0, units]]
  const even = { approve: third(1), veto: third(1), adjust: third(1), abstain: third(0), escalate: third(0) }
  const { probabilities } = calibrate(RAW, calibratorOf(even))
  expect(probabilities).toMatchObject({ approve: 0.333333, adjust: 0.333333, veto: 0.333334 })
})

test('calibrate() with nothing left of any class favours none', () => {
  const none: [number, number][] = [[0, 0]]
  const empty = { approve: none, veto: none, adjust: none, abstain: none, escalate: none }
  expect(Object.values(calibrate(RAW, calibratorOf(empty)).probabilities)).toEqual([0.2, 0.2, 0.2, 0.2, 0.2])
})

test('calibrate() always gives five shares that sum to exactly one in millionths', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const stated = fc.record({ approve: share, veto: share, adjust: share, abstain: share, escalate: share })
  const fitted = fitCalibrator({ rows: overconfident(300, 7), method: 'platt', fittedOn: FITTED_ON })
  fc.assert(
    fc.property(stated, (raw) => {
      const { probabilities } = calibrate(raw, fitted)
      const units = AdviceVerdict.options.map((verdict) => Math.round(probabilities[verdict] * 1_000_000))
      expect(units.every((unit) => unit >= 0)).toBe(true)
      expect(units.reduce((sum, unit) => sum + unit, 0)).toBe(1_000_000)
    }),
    { numRuns: 500 },
  )
})

test('calibrate() never puts a larger statement of a class below a smaller one', () => {
  const fitted = fitCalibrator({ rows: overconfident(300, 7), method: 'isotonic', fittedOn: FITTED_ON })
  const hundredths = fc.integer({ min: 0, max: 100 })
  fc.assert(
    fc.property(hundredths, hundredths, (a, b) => {
      const [low, high] = [Math.min(a, b) / 100, Math.max(a, b) / 100]
      const at = (approve: number) => calibrate({ ...RAW, approve }, fitted).probabilities.approve
      expect(at(high)).toBeGreaterThanOrEqual(at(low))
    }),
  )
})

test('isotonicPoints() pools adjacent violators: the worked example by hand', () => {
  // Shares 0/2, 2/4, 1/4, 4/4: the middle two break the order and become 3/8. Fourteen rows keep 1/16 off both ends.
  const steps = [
    { stated: 10, rows: 2, hits: 0 },
    { stated: 40, rows: 4, hits: 2 },
    { stated: 60, rows: 4, hits: 1 },
    { stated: 90, rows: 4, hits: 4 },
  ]
  expect(isotonicPoints(steps)).toEqual([
    [100_000, 62_500],
    [400_000, 375_000],
    [600_000, 375_000],
    [900_000, 937_500],
  ])
})

test('plattPoints() finds the curve the rows were made from', () => {
  // Statement p came true with the share s that has half its log-odds: slope 0.5, shift 0.
  const steps = [5, 20, 35, 50, 65, 80, 95].map((stated) => {
    const odds = Math.sqrt(stated / (100 - stated))
    return { stated, rows: 100_000, hits: Math.round((100_000 * odds) / (1 + odds)) }
  })
  const points = plattPoints(steps)
  const at = (hundredths: number) => points[hundredths]?.[1] ?? NaN
  expect(points).toHaveLength(101)
  expect(at(20) / 1e6).toBeCloseTo(1 / 3, 3)
  expect(at(50) / 1e6).toBeCloseTo(0.5, 3)
  expect(at(90) / 1e6).toBeCloseTo(0.75, 3)
})

test('plattPoints() does not turn statements around: a falling class gets its share of all rows', () => {
  const points = plattPoints([{ stated: 20, rows: 100, hits: 90 }, { stated: 80, rows: 100, hits: 10 }])
  const shares = new Set(points.map(([, calibrated]) => calibrated))
  expect([...shares]).toEqual([500_000])
})

test('exactExp(), exactLog() and exactSigmoid() agree with the library to eleven digits', () => {
  for (const x of [-50, -7.25, -1, -1e-9, 0, 0.5, 1, 3, 20, 50]) expect(exactExp(x) / Math.exp(x)).toBeCloseTo(1, 11)
  for (const x of [1e-6, 0.005, 0.5, 1, 1.5, 199, 1e6]) expect(exactLog(x)).toBeCloseTo(Math.log(x), 10)
  expect([exactSigmoid(0), exactSigmoid(-1000) > 0, exactSigmoid(1000)]).toEqual([0.5, true, 1])
})

test.each(['isotonic', 'platt'] as const)('fitCalibrator() (%s) lowers the Brier score of held-out rows', (method) => {
  const fitted = fitCalibrator({ rows: overconfident(600, 1), method, fittedOn: FITTED_ON })
  const held = overconfident(600, 2)
  const before = brier(held, (raw) => raw)
  const after = brier(held, (raw) => calibrate(raw, fitted).probabilities)
  expect(before).toBeGreaterThan(0.6)
  expect(after).toBeLessThan(before - 0.1)
})

test.each(['isotonic', 'platt'] as const)('fitCalibrator() (%s) does not depend on the order of the rows', (method) => {
  const rows = overconfident(200, 3)
  const fit = (some: CalibrationRow[]) => fitCalibrator({ rows: some, method, fittedOn: FITTED_ON })
  expect(canonicalJson(fit([...rows].reverse()))).toBe(canonicalJson(fit(rows)))
  expect(Calibrator.parse(fit(rows))).toEqual(fit(rows))
})

test('fitCalibrator() refuses one row below the minimum and leaves rare classes alone', () => {
  const rows = overconfident(CALIBRATION_ROWS_MIN, 4)
  const fit = (some: CalibrationRow[]) => fitCalibrator({ rows: some, method: 'isotonic', fittedOn: FITTED_ON })
  expect(() => fit(rows.slice(1))).toThrow('at least 50')
  expect(fit(rows).classes).toMatchObject({ abstain: null, escalate: null })
  expect(fit(rows).classes.approve).not.toBeNull()
})

test('toSteps() groups by the hundredth, ascending, the ends included', () => {
  const rows = [0.999, 1, 0.004, 0.006, 0].map((stated, index) => ({ stated, hit: index % 2 === 0 }))
  expect(toSteps(rows)).toEqual([
    { stated: 0, rows: 2, hits: 2 },
    { stated: 1, rows: 1, hits: 0 },
    { stated: 100, rows: 2, hits: 1 },
  ])
})

test.each([
  ['falls', [[0, 500_000], [500_000, 400_000]]],
  ['stands still to the right', [[500_000, 1], [500_000, 2]]],
  ['is empty', []],
  ['leaves the scale', [[0, 1_000_001]]],
])('Calibrator refuses a table that %s', (_how, table) => {
  expect(Calibrator.safeParse(calibratorOf({ veto: table as [number, number][] })).success).toBe(false)
})

/** A reviewer who states 0.9 for approve or veto and is right in about six of ten; adjust is right now and then. */
function overconfident(count: number, seed: number): CalibrationRow[] {
  const draw = dice(seed)
  return Array.from({ length: count }, () => {
    const verdict = draw() < 0.5 ? 'approve' : 'veto'
    const other = verdict === 'approve' ? 'veto' : 'approve'
    const top = [0.85, 0.9, 0.95][Math.floor(draw() * 3)] ?? 0.9
    const rest = Math.round(((1 - top) / 4) * 10_000) / 10_000
    const stated = { approve: rest, veto: rest, adjust: rest, abstain: rest, escalate: rest, [verdict]: top }
    const roll = draw()
    return { stated, label: roll < 0.6 ? verdict : roll < 0.85 ? other : 'adjust' }
  })
}

function brier(rows: readonly CalibrationRow[], map: (raw: Probabilities) => Probabilities): number {
  const scores = rows.map(({ stated, label }) => {
    const shares = map(stated)
    return AdviceVerdict.options.reduce((sum, verdict) => sum + (shares[verdict] - (verdict === label ? 1 : 0)) ** 2, 0)
  })
  return scores.reduce((sum, score) => sum + score, 0) / rows.length
}

/** A small generator of our own, so that the rows are the same on every machine. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
