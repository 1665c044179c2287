import { CALIBRATOR_UNITS } from '@torghut/contracts'

import { totalsOf } from './class-rows.ts'
import type { ClassStep } from './class-rows.ts'
import { exactLog, exactSigmoid } from './exact-math.ts'
import type { Points } from './isotonic.ts'

/** A statement of 0 or 1 counts as half a hundredth short of it: its log-odds must be finite. */
const SHARE_MIN = 0.005

/** Newton's method on a convex problem of two numbers settles in under ten steps; the rest are for flat ones. */
const STEPS_MAX = 100
const GRADIENT_MIN = 1e-9

/** Added to the curvature, so that a class always or never right has a minimum (Lin, Lin and Weng 2007). */
const RIDGE = 1e-12

/**
 * A logistic curve over the log-odds of the stated probability, fitted with Platt's smoothed targets and written as a
 * table of hundredths. Slope 1 and shift 0 are the identity. A slope below 0 would turn the program's word around, so
 * it is taken as 0: the class's share of all rows.
 */
export function plattPoints(steps: readonly ClassStep[]): Points {
  const { slope, shift } = fitLogistic(steps)
  return Array.from({ length: 101 }, (_, hundredths) => {
    const share = exactSigmoid(slope * logOdds(hundredths) + shift)
    return [(hundredths * CALIBRATOR_UNITS) / 100, Math.round(share * CALIBRATOR_UNITS)]
  })
}

interface Curve {
  slope: number
  shift: number
}

function fitLogistic(steps: readonly ClassStep[]): Curve {
  const fitted = newton(steps, { slope: 1, shift: 0 }, false)
  return fitted.slope >= 0 ? fitted : newton(steps, { slope: 0, shift: 0 }, true)
}

function newton(steps: readonly ClassStep[], start: Curve, isFlat: boolean): Curve {
  let curve = start
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const next = descend(steps, curve, isFlat)
    if (next === null) return curve
    curve = next
  }
  return curve
}

/** One step that lowers the loss, halved until it does; null at the minimum. */
function descend(steps: readonly ClassStep[], curve: Curve, isFlat: boolean): Curve | null {
  const { bySlope, byShift, slopes, shifts, mixed } = derivatives(steps, curve)
  const gradient = isFlat ? Math.abs(byShift) : Math.abs(bySlope) + Math.abs(byShift)
  if (gradient < GRADIENT_MIN) return null
  const determinant = slopes * shifts - mixed * mixed
  const move = isFlat
    ? { slope: 0, shift: -byShift / shifts }
    : {
        slope: -(shifts * bySlope - mixed * byShift) / determinant,
        shift: -(slopes * byShift - mixed * bySlope) / determinant,
      }
  const before = loss(steps, curve)
  for (let size = 1; size > 1e-10; size /= 2) {
    const next = { slope: curve.slope + size * move.slope, shift: curve.shift + size * move.shift }
    if (loss(steps, next) < before) return next
  }
  return null
}

function derivatives(steps: readonly ClassStep[], { slope, shift }: Curve) {
  const targets = smoothedTargets(steps)
  let [bySlope, byShift, slopes, shifts, mixed] = [0, 0, RIDGE, RIDGE, 0]
  for (const { stated, rows, hits } of steps) {
    const x = logOdds(stated)
    const p = exactSigmoid(slope * x + shift)
    const error = rows * p - (hits * targets.hit + (rows - hits) * targets.miss)
    const weight = rows * p * (1 - p)
    bySlope += error * x
    byShift += error
    slopes += weight * x * x
    shifts += weight
    mixed += weight * x
  }
  return { bySlope, byShift, slopes, shifts, mixed }
}

/** Cross-entropy, in nats over all rows. */
function loss(steps: readonly ClassStep[], { slope, shift }: Curve): number {
  const targets = smoothedTargets(steps)
  return steps.reduce((sum, { stated, rows, hits }) => {
    const p = Math.min(1 - 1e-15, Math.max(1e-15, exactSigmoid(slope * logOdds(stated) + shift)))
    const right = hits * targets.hit + (rows - hits) * targets.miss
    return sum - right * exactLog(p) - (rows - right) * exactLog(1 - p)
  }, 0)
}

/** Platt's targets: (hits + 1) / (hits + 2) for a hit, 1 / (misses + 2) for a miss. */
function smoothedTargets(steps: readonly ClassStep[]): { hit: number; miss: number } {
  const { rows, hits } = totalsOf(steps)
  return { hit: (hits + 1) / (hits + 2), miss: 1 / (rows - hits + 2) }
}

function logOdds(hundredths: number): number {
  const share = Math.min(1 - SHARE_MIN, Math.max(SHARE_MIN, hundredths / 100))
  return exactLog(share / (1 - share))
}
