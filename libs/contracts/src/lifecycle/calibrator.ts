import { z } from 'zod'

import { Sha256, ruleIssue } from '../scalars.ts'

/** Probabilities of a calibrator are whole millionths: sums are exact, and every engine computes the same. */
export const CALIBRATOR_UNITS = 1_000_000

/** Most points of one table; a probability is fitted in steps of a hundredth, and a step has two ends. */
const POINTS_MAX = 202

const Units = z.int().min(0).max(CALIBRATOR_UNITS)

/** One class: `[stated, calibrated]` points, rising, joined by straight lines. Null leaves the class as stated. */
const ClassTable = z
  .array(z.tuple([Units, Units]))
  .min(1)
  .max(POINTS_MAX)
  .check(({ value, issues }) => {
    const rises = value.every(([stated, calibrated], index) => {
      const [statedBefore, calibratedBefore] = value[index - 1] ?? [-1, 0]
      return stated > statedBefore && calibrated >= calibratedBefore
    })
    if (!rises) issues.push(ruleIssue('calibrator_table_falls', 'Points rise to the right and never fall', value))
  })
  .nullable()

/**
 * How stated probabilities become calibrated ones, fitted on rows the program was not compiled on. Part of the artifact
 * and hashed with it, so that a review's probabilities can be recomputed from the artifact alone.
 */
export const Calibrator = z.strictObject({
  schema_version: z.literal('torghut.calibrator.v1'),
  method: z.enum(['isotonic', 'platt']),
  /** Hash of the rows it was fitted on, and how many there were. */
  fitted_on: Sha256,
  rows: z.int().min(1),
  classes: z.strictObject({
    approve: ClassTable,
    veto: ClassTable,
    adjust: ClassTable,
    abstain: ClassTable,
    escalate: ClassTable,
  }),
})
export type Calibrator = z.output<typeof Calibrator>
