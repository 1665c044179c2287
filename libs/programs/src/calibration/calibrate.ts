import { CALIBRATOR_UNITS } from '@torghut/contracts'
import type { AdviceVerdict, Calibrator, Probabilities } from '@torghut/contracts'

/** Probabilities as policy judges them, and what the advice says about how they came about. */
export interface CalibratedProbabilities {
  probabilities: Probabilities
  metadata: Record<string, unknown>
}

/** Whoever gets a leftover millionth: the stricter verdict first, so that rounding never speaks for a trade. */
const STRICTEST_FIRST: readonly AdviceVerdict[] = ['veto', 'escalate', 'abstain', 'adjust', 'approve']

/**
 * Maps stated probabilities, class by class, and makes them sum to exactly one in millionths. Without a calibrator they
 * pass through and are called `uncalibrated`. Pure, and the same to the last bit on every engine.
 */
export function calibrate(raw: Probabilities, calibrator: Calibrator | null): CalibratedProbabilities {
  if (calibrator === null) return { probabilities: raw, metadata: { method: 'uncalibrated' } }
  const { method, schema_version: version, fitted_on: fittedOn, rows, classes } = calibrator
  const mapped = STRICTEST_FIRST.map((verdict) => interpolate(classes[verdict], toUnits(raw[verdict])))
  const shares = normalise(mapped)
  return {
    probabilities: {
      approve: shareOf('approve', shares),
      veto: shareOf('veto', shares),
      adjust: shareOf('adjust', shares),
      abstain: shareOf('abstain', shares),
      escalate: shareOf('escalate', shares),
    },
    metadata: { method, version, fitted_on: fittedOn, rows, raw_probabilities: raw },
  }
}

function shareOf(verdict: AdviceVerdict, shares: readonly number[]): number {
  return (shares[STRICTEST_FIRST.indexOf(verdict)] ?? 0) / CALIBRATOR_UNITS
}

/** Whole millionths; what is outside of 0 to 1 counts as its nearer end. */
export function toUnits(share: number): number {
  return Math.min(CALIBRATOR_UNITS, Math.max(0, Math.round(share * CALIBRATOR_UNITS)))
}

/** The straight line between the two neighbouring points; beyond the ends, the end's own value. */
function interpolate(table: Calibrator['classes']['veto'], stated: number): number {
  if (table === null) return stated
  const above = table.findIndex(([at]) => at >= stated)
  const [first, last] = [table[0], table.at(-1)]
  if (above === 0) return first?.[1] ?? stated
  const right = table[above]
  const left = table[above - 1]
  if (right === undefined || left === undefined) return last?.[1] ?? stated
  return left[1] + roundedRatio((right[1] - left[1]) * (stated - left[0]), right[0] - left[0])
}

/** Shares of the total in millionths that sum to a whole: rounded down, the rest to the strictest. */
function normalise(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0)
  // Nothing left of any class: no verdict is better founded than another.
  if (total === 0) return values.map(() => CALIBRATOR_UNITS / values.length)
  const shares = values.map((value) => Math.floor((value * CALIBRATOR_UNITS) / total))
  const rest = CALIBRATOR_UNITS - shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share, index) => share + (index < rest ? 1 : 0))
}

/** Half up, for whole numbers of 0 or more whose quotient stays below 2^40. */
function roundedRatio(numerator: number, denominator: number): number {
  return Math.floor((2 * numerator + denominator) / (2 * denominator))
}
