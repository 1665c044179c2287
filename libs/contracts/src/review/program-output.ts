import { z } from 'zod'

import type { ValidationIssue } from '../problem/validation-issue.ts'
import { toValidationIssues } from '../problem/validation-issue.ts'
import { PositiveDecimal, UnitInterval, ruleIssue } from '../scalars.ts'
import { Probabilities, RATIONALE_LENGTH_MAX, conditionalRules, unknownKeys } from './advice.ts'
import { AdviceVerdict, Band, OrderType } from './vocabulary.ts'

const Words = z.array(z.string().min(1).max(128)).max(32).default([])

const ProgramFields = z.object({
  verdict: AdviceVerdict,
  confidence: UnitInterval,
  rationale: z.string().trim().min(1).max(RATIONALE_LENGTH_MAX),
  rationaleShort: z.string().trim().max(RATIONALE_LENGTH_MAX).nullable().default(null),
  requiredChecks: Words,
  riskFlags: Words,
  adjustedQty: PositiveDecimal.nullable().default(null),
  adjustedOrderType: OrderType.nullable().default(null),
  limitPrice: PositiveDecimal.nullable().default(null),
  escalateReason: z.string().trim().max(RATIONALE_LENGTH_MAX).nullable().default(null),
  uncertaintyBand: Band.default('medium'),
  probabilities: Probabilities,
  citations: z.array(z.string().min(1).max(256)).max(32).default([]),
})

/**
 * What the deciding node of a program answers: the contract's program output (2.3) plus five raw probabilities and
 * the request paths it relied on. The committee is not here: code writes it from the nodes.
 */
export const ProgramOutput = ProgramFields.check(({ value, issues }) => {
  const rules = conditionalRules({
    verdict: value.verdict,
    adjusted_qty: value.adjustedQty,
    adjusted_order_type: value.adjustedOrderType,
    limit_price: value.limitPrice,
    escalate_reason: value.escalateReason,
  })
  for (const rule of rules) issues.push(ruleIssue(rule, `Rule "${rule}" does not hold`, value))
})
export type ProgramOutput = z.output<typeof ProgramOutput>

/** Every key a program output may hold; an answer with another one is served but not counted schema-valid. */
export const PROGRAM_OUTPUT_KEYS: readonly string[] = Object.keys(ProgramFields.shape)

export type ParsedProgramOutput =
  | { ok: true; output: ProgramOutput; ignoredKeys: string[] }
  | { ok: false; issues: ValidationIssue[] }

/** Reads a program's answer: unknown keys are dropped and named, everything else is strict. */
export function parseProgramOutput(value: unknown): ParsedProgramOutput {
  const parsed = ProgramOutput.safeParse(value, { reportInput: true })
  if (!parsed.success) return { ok: false, issues: toValidationIssues(parsed.error) }
  return { ok: true, output: parsed.data, ignoredKeys: unknownKeys(value, PROGRAM_OUTPUT_KEYS) }
}
