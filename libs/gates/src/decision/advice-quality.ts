import { AdviceVerdict } from '@torghut/contracts'
import type { AdvicePolicy, Band, ReviewAdvice } from '@torghut/contracts'

import { isShare, isShareAtLeast, isShareAtMost } from '../evidence/share.ts'

const NUMERIC_TEXT = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/** Band ranks; a band no policy names ranks above all, a limit no one knows below all. */
const BAND_RANKS: readonly Band[] = ['low', 'medium', 'high']

/**
 * Why an advice is too uncertain to be followed, in the contract's order (3.6); empty when it is good enough. Plain
 * doubles: 0.45 against 0.40 lies below a margin of 0.05. What is no share of 1, on either side, is not good enough.
 */
export function qualityReasons(advice: ReviewAdvice, policy: AdvicePolicy): string[] {
  const [top, second] = topTwo(advice)
  const reasons: string[] = []
  const require = (isGood: boolean, reason: string) => void (isGood || reasons.push(reason))
  require(isShareAtLeast(top, policy.min_calibrated_top_probability), 'llm_calibrated_probability_below_min')
  require(isShareAtLeast(top - second, policy.min_probability_margin), 'llm_calibrated_probability_margin_below_min')
  require(isShareAtMost(advice.uncertainty.score, policy.max_uncertainty), 'llm_uncertainty_score_above_max')
  require(bandAtMost(advice.uncertainty.band, policy.max_uncertainty_band), 'llm_uncertainty_band_above_max')
  require(calibrationAtLeast(advice, policy.min_calibration_quality_score), 'llm_calibration_quality_below_min')
  return reasons
}

/** The two largest probabilities; NaN for both when one of the five is no probability. */
function topTwo({ calibrated_probabilities: probabilities }: ReviewAdvice): [number, number] {
  const stated = AdviceVerdict.options.map((verdict) => probabilities[verdict])
  // Stryker disable next-line ArrayDeclaration: an absent share is as little good enough as one that is none
  if (!stated.every(isShare)) return [NaN, NaN]
  const [top = NaN, second = NaN] = stated.toSorted((one, other) => other - one)
  return [top, second]
}

function bandAtMost(band: Band, max: Band): boolean {
  const rank = BAND_RANKS.indexOf(band)
  return rank !== -1 && rank <= BAND_RANKS.indexOf(max)
}

/** Only a stated quality from 0 to 1 is judged, as a number or as numeric text; a stated NaN or infinity fails. */
function calibrationAtLeast(advice: ReviewAdvice, min: number): boolean {
  const stated = advice.calibration_metadata['quality_score']
  if (typeof stated === 'number' && !Number.isFinite(stated)) return false
  const quality = typeof stated === 'string' && NUMERIC_TEXT.test(stated) ? Number(stated) : stated
  return !isShare(quality) || isShareAtLeast(quality, min)
}
