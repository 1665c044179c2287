import type { ProgramOutput, ReviewRequest } from '@torghut/contracts'
import Big from 'big.js'

import type { AnswerCheck } from '../signature/signature.ts'

/** A reviewer can only make an order smaller. */
export const sizeWithinOrder: AnswerCheck<ProgramOutput> = {
  id: 'size_within_order',
  severity: 'error',
  reads: ['request'],
  find: ({ adjustedQty }, { request }) => {
    if (adjustedQty === null) return null
    const { decision } = request as ReviewRequest
    return new Big(adjustedQty).lte(decision.qty) ? null : 'The adjusted quantity is larger than the order'
  },
}

/** Members whose veto is final, by the port they arrive at. */
const CRITICS = ['counter_thesis', 'risk_critic'] as const

/**
 * An approve over a critic's veto is noted, not asked again: code makes it a veto whatever the judge says, so another
 * call could only cost time.
 */
export const agreesWithCritics: AnswerCheck<ProgramOutput> = {
  id: 'agrees_with_critics',
  severity: 'warning',
  find: ({ verdict }, inputs) => {
    if (verdict !== 'approve' && verdict !== 'adjust') return null
    const vetoing = CRITICS.find((critic) => verdictOf(inputs[critic]) === 'veto')
    return vetoing === undefined ? null : `The verdict passes over a veto of "${vetoing}"`
  },
}

function verdictOf(member: unknown): unknown {
  return typeof member === 'object' && member !== null && 'verdict' in member ? member.verdict : undefined
}
