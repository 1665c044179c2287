import type { Band } from '@torghut/contracts'

/** Confidence bands of the contract (2.4): high from 0.75, medium from 0.5. */
const CONFIDENCE_HIGH_MIN = 0.75
const CONFIDENCE_MEDIUM_MIN = 0.5

/** The band a confidence lies in. It is derived, never taken from the model, so the two cannot contradict. */
export function confidenceBand(confidence: number): Band {
  if (confidence >= CONFIDENCE_HIGH_MIN) return 'high'
  return confidence >= CONFIDENCE_MEDIUM_MIN ? 'medium' : 'low'
}

/** Uncertainty score of the contract (2.4): one minus confidence, to four places. */
export function uncertaintyScore(confidence: number): number {
  return roundTo(1 - confidence, 4)
}

/** A number to so many decimal places, by the exact rule ECMAScript gives `toFixed`: the same on every engine. */
export function roundTo(value: number, places: number): number {
  return Number(value.toFixed(places))
}

/** Each text once, ordered by code unit: the same set is always the same list. */
export function sortedUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
