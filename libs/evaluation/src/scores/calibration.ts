import { LabelClass } from '@torghut/contracts'
import type { Calibration, Probabilities } from '@torghut/contracts'

import type { RandomStream } from '../random/random-stream.ts'
import { resampledMean } from '../statistics/paired.ts'
import type { EvalRow } from './eval-row.ts'

/**
 * Bins of the reliability table (Guo and others, "On Calibration of Modern Neural Networks", 2017, use as equal ones).
 */
const BINS = 10

/** Resamples behind the upper ends. */
const RESAMPLES = 1_000

/** One-sided, as every bound here. */
const LEVEL = 0.95

/**
 * One row as calibration sees it: its own Brier score, its stated top probability, and whether that class was right.
 */
interface Stated {
  brier: number
  top: number
  isRight: boolean
  bin: number
}

/**
 * Brier score, expected calibration error and reliability of the stated probabilities, abstain and escalate folded into
 * veto. Upper ends are percentile bootstraps over rows. Null when no row states a probability.
 */
export function calibrationOf(
  rows: Iterable<Pick<EvalRow, 'probabilities' | 'label'>>,
  stream: RandomStream,
): Calibration | null {
  const stated: Stated[] = []
  for (const { probabilities, label } of rows) {
    const read = probabilities === null ? null : readStated(probabilities, label)
    if (read !== null) stated.push(read)
  }
  if (stated.length === 0) return null
  const briers = stated.map(({ brier }) => brier)
  return {
    rows: stated.length,
    brier: { value: mean(briers), high: highOf(() => resampledMean(briers, stream)) },
    ece: { value: calibrationError(stated), high: highOf(() => calibrationError(resample(stated, stream))) },
    reliability: reliabilityOf(stated),
  }
}

/** The probability of each class; null when one of the five is no probability. */
export function classProbabilities(stated: Probabilities): Record<LabelClass, number> | null {
  const { approve, adjust, veto, abstain, escalate } = stated
  const values = [approve, adjust, veto, abstain, escalate]
  if (!values.every((value) => value >= 0 && value <= 1)) return null
  const sum = values.reduce((total, value) => total + value, 0)
  if (!(sum > 0)) return null
  return { approve: approve / sum, adjust: adjust / sum, veto: (veto + abstain + escalate) / sum }
}

function readStated(probabilities: Probabilities, label: LabelClass): Stated | null {
  const classes = classProbabilities(probabilities)
  if (classes === null) return null
  let [brier, top, best] = [0, -1, label]
  for (const name of LabelClass.options) {
    brier += square(classes[name] - (name === label ? 1 : 0))
    if (classes[name] > top) [top, best] = [classes[name], name]
  }
  return { brier, top, isRight: best === label, bin: Math.min(BINS - 1, Math.floor(top * BINS)) }
}

/** Mean distance between stated and right, weighted by the rows of a bin. */
function calibrationError(stated: readonly Stated[]): number {
  const gaps = new Float64Array(BINS)
  for (const { bin, top, isRight } of stated) gaps[bin] = (gaps[bin] as number) + top - (isRight ? 1 : 0)
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / stated.length
}

function reliabilityOf(stated: readonly Stated[]): Calibration['reliability'] {
  return Array.from({ length: BINS }, (_, bin) => {
    const rows = stated.filter((row) => row.bin === bin)
    return {
      from: bin / BINS,
      to: (bin + 1) / BINS,
      rows: rows.length,
      stated: Math.min(1, mean(rows.map(({ top }) => top))),
      right: mean(rows.map(({ isRight }) => (isRight ? 1 : 0))),
    }
  }).filter(({ rows }) => rows > 0)
}

function highOf(draw: () => number): number {
  const draws = Float64Array.from({ length: RESAMPLES }, draw).sort()
  return draws[Math.ceil(LEVEL * RESAMPLES) - 1] as number
}

function resample<Item>(items: readonly Item[], stream: RandomStream): Item[] {
  return items.map(() => items[stream.nextBelow(items.length)] as Item)
}

/** By multiplication, which every engine rounds alike. */
function square(value: number): number {
  return value * value
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
