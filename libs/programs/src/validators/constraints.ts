import type { ReviewAdvice, ReviewRequest } from '@torghut/contracts'
import { ReviewAdvice as ReviewAdviceSchema } from '@torghut/contracts'
import Big from 'big.js'

/** Something that has to hold of every advice, whoever made it. Pure and without a model. */
export interface AdviceConstraint {
  id: string
  severity: 'error' | 'warning'
  message: string
  holds: (advice: ReviewAdvice, request: ReviewRequest) => boolean
}

/** Promises nobody can make about a trade; a text that makes one is not a review. */
const FORBIDDEN_CLAIMS = /\b(?:guaranteed?|risk[- ]free|cannot lose|can't lose|sure thing|insider (?:tip|information))\b/i

/** The declared constraints, in the order they are looked at. */
export const ADVICE_CONSTRAINTS: readonly AdviceConstraint[] = [
  {
    id: 'advice_shape',
    severity: 'error',
    message: 'The advice does not have the shape of the contract',
    holds: (advice) => ReviewAdviceSchema.safeParse(advice).success,
  },
  {
    id: 'qty_never_larger',
    severity: 'error',
    message: 'The advice asks for more than the order',
    holds: ({ adjusted_qty: qty }, { decision }) => qty === null || new Big(qty).lte(decision.qty),
  },
  {
    id: 'trade_needs_assent',
    severity: 'error',
    message: 'A mandatory member did not assent to the trade',
    holds: ({ verdict, committee }) => (verdict !== 'approve' && verdict !== 'adjust') || allAssent(committee),
  },
  {
    id: 'no_forbidden_claims',
    severity: 'error',
    message: 'A rationale promises what nobody can know',
    holds: ({ rationale, rationale_short: short }) => !FORBIDDEN_CLAIMS.test(`${rationale}\n${short ?? ''}`),
  },
]

export interface ConstraintResult {
  id: string
  severity: AdviceConstraint['severity']
  passed: boolean
}

/** Every constraint and whether it holds. */
export function checkConstraints(
  advice: ReviewAdvice,
  request: ReviewRequest,
  constraints: readonly AdviceConstraint[] = ADVICE_CONSTRAINTS,
): ConstraintResult[] {
  return constraints.map(({ id, severity, holds }) => ({ id, severity, passed: holds(advice, request) }))
}

/** The first constraint that is broken as a sentence, warnings left out; null when all hold. */
export function findBrokenConstraint(advice: ReviewAdvice, request: ReviewRequest): string | null {
  const results = checkConstraints(advice, request)
  const broken = results.find(({ severity, passed }) => severity === 'error' && !passed)
  const constraint = ADVICE_CONSTRAINTS.find(({ id }) => id === broken?.id)
  return constraint === undefined ? null : `${constraint.id}: ${constraint.message}`
}

function allAssent(committee: ReviewAdvice['committee']): boolean {
  if (committee === null) return false
  return committee.mandatory_roles.every((role) => {
    const verdict = committee.roles[role]?.verdict
    return verdict === 'approve' || verdict === 'adjust'
  })
}
