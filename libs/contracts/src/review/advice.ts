import { z } from 'zod'

import type { ValidationIssue } from '../problem/validation-issue.ts'
import { toValidationIssues } from '../problem/validation-issue.ts'
import { Decimal, JsonMap, UnitInterval, ruleIssue } from '../scalars.ts'
import { AdviceVerdict, Band, CommitteeRole, OrderType } from './vocabulary.ts'

/** Longest rationale, in UTF-16 units after trimming (contract, 2.1). */
export const RATIONALE_LENGTH_MAX = 280

/** How far the five probabilities may sum from one (contract, 2.1). */
const PROBABILITY_SUM_TOLERANCE = 0.02

/** One probability a verdict; all five, no other key. */
export const Probabilities = z.strictObject({
  approve: UnitInterval,
  veto: UnitInterval,
  adjust: UnitInterval,
  abstain: UnitInterval,
  escalate: UnitInterval,
})
export type Probabilities = z.output<typeof Probabilities>

const CalibratedProbabilities = Probabilities.check(({ value, issues }) => {
  const sum = value.approve + value.veto + value.adjust + value.abstain + value.escalate
  if (Math.abs(sum - 1) <= PROBABILITY_SUM_TOLERANCE) return
  issues.push(ruleIssue('calibrated_probabilities_must_sum_to_one', `Probabilities sum to ${sum}`, value))
})

const Uncertainty = z
  .strictObject({
    score: UnitInterval,
    band: Band,
    confidence_interval_low: UnitInterval.nullable().default(null),
    confidence_interval_high: UnitInterval.nullable().default(null),
  })
  .check(({ value, issues }) => {
    const { confidence_interval_low: low, confidence_interval_high: high } = value
    if ((low === null) !== (high === null)) {
      issues.push(ruleIssue('uncertainty_confidence_interval_incomplete', 'Give both ends or neither', value))
    } else if (low !== null && high !== null && low > high) {
      issues.push(ruleIssue('uncertainty_confidence_interval_invalid', 'The low end lies above the high end', value))
    }
  })

const Rationale = z.string().trim().check(({ value, issues }) => {
  if (value === '') issues.push(ruleIssue('rationale_required', 'Rationale is empty', value))
  if (value.length > RATIONALE_LENGTH_MAX) {
    issues.push(ruleIssue('rationale_too_long', `Rationale exceeds ${RATIONALE_LENGTH_MAX} characters`, value))
  }
})

/** Trimmed; empty reads as null. */
function trimmedOrNull(maxLength: number, code: string) {
  return z
    .string()
    .trim()
    .check(({ value, issues }) => {
      if (value.length > maxLength) issues.push(ruleIssue(code, `Text exceeds ${maxLength} characters`, value))
    })
    .transform((value) => (value === '' ? null : value))
    .nullable()
    .default(null)
}

const Flags = z.array(z.string()).default([])

/** A member's uncertainty: a band, a map holding a band, else medium (contract, 2.2). */
const MemberUncertainty = z.preprocess((value) => {
  const band = value !== null && typeof value === 'object' && 'band' in value ? value.band : value
  return Band.safeParse(band).success ? band : 'medium'
}, Band)

/** What one committee member said. */
export const CommitteeMember = z.object({
  role: CommitteeRole,
  verdict: AdviceVerdict,
  confidence: UnitInterval,
  uncertainty: MemberUncertainty,
  rationale_short: Rationale,
  required_checks: Flags,
  adjusted_qty: Decimal.nullable().default(null),
  adjusted_order_type: OrderType.nullable().default(null),
  limit_price: Decimal.nullable().default(null),
  risk_flags: Flags,
  latency_ms: z.int().nullable().default(null),
  schema_error: z.boolean().default(false),
})
export type CommitteeMember = z.output<typeof CommitteeMember>

/** The committee's trace, written by code from the program's nodes, never by the model. */
export const CommitteeTrace = z.object({
  roles: z.partialRecord(CommitteeRole, CommitteeMember),
  mandatory_roles: z.array(z.enum(['risk_critic', 'execution_critic', 'policy_judge'])),
  fail_closed_verdict: z.enum(['veto', 'abstain']),
  schema_error_count: z.int().default(0),
})
export type CommitteeTrace = z.output<typeof CommitteeTrace>

/** The review response of the contract (2.1): what policy judges and what is stored. Extra keys are dropped. */
export const ReviewAdvice = z
  .object({
    verdict: AdviceVerdict,
    confidence: UnitInterval,
    confidence_band: Band,
    calibrated_probabilities: CalibratedProbabilities,
    uncertainty: Uncertainty,
    calibration_metadata: JsonMap.default({}),
    adjusted_qty: Decimal.nullable().default(null),
    adjusted_order_type: OrderType.nullable().default(null),
    limit_price: Decimal.nullable().default(null),
    escalate_reason: trimmedOrNull(4000, 'escalate_reason_too_long'),
    rationale: Rationale,
    rationale_short: trimmedOrNull(RATIONALE_LENGTH_MAX, 'rationale_short_too_long'),
    required_checks: Flags,
    risk_flags: Flags,
    committee: CommitteeTrace.nullable().default(null),
  })
  .check(({ value, issues }) => {
    for (const rule of conditionalRules(value)) issues.push(ruleIssue(rule, `Rule "${rule}" does not hold`, value))
  })
export type ReviewAdvice = z.output<typeof ReviewAdvice>

/** The three rules that tie a verdict to the fields it needs (contract, 2.1 and 2.3). Returns the broken ones. */
export function conditionalRules(advice: {
  verdict: AdviceVerdict
  adjusted_qty: string | null
  adjusted_order_type: OrderType | null
  limit_price: string | null
  escalate_reason: string | null
}): string[] {
  const needsPrice = advice.adjusted_order_type === 'limit' || advice.adjusted_order_type === 'stop_limit'
  return [
    ...(advice.verdict === 'adjust' && advice.adjusted_qty === null ? ['adjusted_qty_required_for_adjust_verdict'] : []),
    ...(needsPrice && advice.limit_price === null ? ['limit_price_required_for_limit_orders'] : []),
    ...(advice.verdict === 'escalate' && !advice.escalate_reason
      ? ['escalate_reason_required_for_escalate_verdict']
      : []),
  ]
}

export type ParsedAdvice =
  | { ok: true; advice: ReviewAdvice; ignoredKeys: string[] }
  | { ok: false; issues: ValidationIssue[] }

/** Reads an advice: unknown top-level keys are dropped and named (sorted), probabilities and uncertainty are strict. */
export function parseReviewAdvice(value: unknown): ParsedAdvice {
  const parsed = ReviewAdvice.safeParse(value, { reportInput: true })
  if (!parsed.success) return { ok: false, issues: toValidationIssues(parsed.error) }
  return { ok: true, advice: parsed.data, ignoredKeys: unknownKeys(value, Object.keys(parsed.data)) }
}

/** Keys of `value` outside `known`, sorted by code unit. */
export function unknownKeys(value: unknown, known: readonly string[]): string[] {
  if (value === null || typeof value !== 'object') return []
  const names = new Set(known)
  return Object.keys(value)
    .filter((key) => !names.has(key))
    .sort()
}
