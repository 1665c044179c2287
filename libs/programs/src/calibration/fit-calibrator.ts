import type { AdviceVerdict, Calibrator, Probabilities, Sha256Hex } from '@torghut/contracts'

import { toSteps } from './class-rows.ts'
import { TooFewCalibrationRowsError } from './errors.ts'
import { isotonicPoints } from './isotonic.ts'
import { plattPoints } from './platt.ts'

/** What a program stated for one row, and what should have been done. */
export interface CalibrationRow {
  stated: Probabilities
  label: AdviceVerdict
}

export interface CalibratorFit {
  rows: readonly CalibrationRow[]
  method: Calibrator['method']
  /** Hash of the data set the rows are from; they must not be those the program was compiled on. */
  fittedOn: Sha256Hex
}

/** Fewest rows a calibration is fitted on: with fewer, one row moves a class by more than two hundredths. */
export const CALIBRATION_ROWS_MIN = 50

/** A class right or wrong in fewer rows than this is left as stated: there is nothing to learn its curve from. */
const CLASS_ROWS_MIN = 5

/**
 * Fits one table a class, each class against the rest. The same rows in any order give the same calibrator, on every
 * engine. Throws `TooFewCalibrationRowsError`.
 */
export function fitCalibrator({ rows, method, fittedOn }: CalibratorFit): Calibrator {
  if (rows.length < CALIBRATION_ROWS_MIN) throw new TooFewCalibrationRowsError(rows.length, CALIBRATION_ROWS_MIN)
  return {
    schema_version: 'torghut.calibrator.v1',
    method,
    fitted_on: fittedOn,
    rows: rows.length,
    classes: {
      approve: fitClass('approve', rows, method),
      veto: fitClass('veto', rows, method),
      adjust: fitClass('adjust', rows, method),
      abstain: fitClass('abstain', rows, method),
      escalate: fitClass('escalate', rows, method),
    },
  }
}

function fitClass(verdict: AdviceVerdict, rows: readonly CalibrationRow[], method: Calibrator['method']) {
  const steps = toSteps(rows.map(({ stated, label }) => ({ stated: stated[verdict], hit: label === verdict })))
  const hits = rows.filter(({ label }) => label === verdict).length
  if (Math.min(hits, rows.length - hits) < CLASS_ROWS_MIN) return null
  return method === 'isotonic' ? isotonicPoints(steps) : plattPoints(steps)
}
