import { AdviceVerdict } from '@torghut/contracts'
import type { ProgramOutput, ReviewRequest } from '@torghut/contracts'

import { pathExists } from './path-exists.ts'

/** How far the five probabilities may sum from one (contract, 2.1); added up in the order the advice schema does. */
const PROBABILITY_SUM_TOLERANCE = 0.02

/**
 * Finds what makes a well-formed answer contradict itself or the request; null when nothing does. A tie for the
 * largest probability counts as a contradiction: an answer that cannot choose has not chosen.
 */
export function findIncoherence(output: ProgramOutput, request: ReviewRequest): string | null {
  const sum = AdviceVerdict.options.reduce((total, verdict) => total + output.probabilities[verdict], 0)
  if (!(Math.abs(sum - 1) <= PROBABILITY_SUM_TOLERANCE)) return 'Probabilities do not sum to 1'
  const own = output.probabilities[output.verdict]
  const rivals = AdviceVerdict.options.filter((verdict) => verdict !== output.verdict)
  if (!rivals.every((verdict) => output.probabilities[verdict] < own)) return 'Another verdict is at least as probable'
  const unknown = output.citations.findIndex((path) => !pathExists(request, path))
  return unknown === -1 ? null : `Citation ${unknown} is not a field of the request`
}
