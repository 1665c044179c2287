import { AdviceVerdict } from '@torghut/contracts'
import type { Band, ProgramOutput } from '@torghut/contracts'

import type { AnswerCheck, NodeInputs } from '../signature/signature.ts'
import { pathExists } from './path-exists.ts'

/** How far the five probabilities may sum from one (contract, 2.1); added up in the order the advice schema does. */
const PROBABILITY_SUM_TOLERANCE = 0.02

/** From this confidence on the contract calls it high (2.4), below the second number low. */
const CONFIDENCE_HIGH_MIN = 0.75
const CONFIDENCE_LOW_BELOW = 0.5

export const probabilitiesSum: AnswerCheck<ProgramOutput> = {
  id: 'probabilities_sum',
  severity: 'error',
  find: ({ probabilities }) => {
    const sum = AdviceVerdict.options.reduce((total, verdict) => total + probabilities[verdict], 0)
    return Math.abs(sum - 1) <= PROBABILITY_SUM_TOLERANCE ? null : 'Probabilities do not sum to 1'
  },
}

/** A tie for the largest probability counts as a contradiction: an answer that cannot choose has not chosen. */
export const oneLargestProbability: AnswerCheck<ProgramOutput> = {
  id: 'verdict_most_probable',
  severity: 'error',
  find: ({ verdict, probabilities }) => {
    const rivals = AdviceVerdict.options.filter((other) => other !== verdict)
    const largest = rivals.every((rival) => probabilities[rival] < probabilities[verdict])
    return largest ? null : 'Another verdict is at least as probable'
  },
}

/** Every path in these lists leads to a field of the request. */
export function citationsExist<Name extends string>(...names: readonly Name[]): AnswerCheck<Record<Name, string[]>> {
  return {
    id: 'citations_exist',
    severity: 'error',
    reads: ['request'],
    find: (output, inputs) => {
      for (const name of names) {
        const unknown = output[name].findIndex((path) => !pathExists(requestOf(inputs), path))
        if (unknown !== -1) return `Item ${unknown} of "${name}" is not a field of the request`
      }
      return null
    },
  }
}

/** Whoever is sure of a verdict cannot call the situation highly uncertain, nor the other way round. */
export const bandFits: AnswerCheck<{ confidence: number; uncertaintyBand: Band }> = {
  id: 'band_fits_confidence',
  severity: 'error',
  find: ({ confidence, uncertaintyBand }) => {
    if (uncertaintyBand === 'high' && confidence >= CONFIDENCE_HIGH_MIN) return 'High confidence, high uncertainty'
    if (uncertaintyBand === 'low' && confidence < CONFIDENCE_LOW_BELOW) return 'Low confidence, low uncertainty'
    return null
  },
}

function requestOf(inputs: NodeInputs): unknown {
  return inputs['request']
}
