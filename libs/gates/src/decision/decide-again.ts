import type { DecisionBasis, FallbackCause, GatePolicy, ReviewAdvice, ReviewSubmission, SkipReason, Stage } from '@torghut/contracts'

import { proveReducing } from './reducing-proof.ts'
import { settleVerdict } from './settle-verdict.ts'
import type { SettledVerdict } from './settle-verdict.ts'

/** All a stored review was settled from, as its row and its policy's bytes hold it. */
export interface StoredDecision {
  submission: ReviewSubmission
  advice: ReviewAdvice | null
  fallbackCause: FallbackCause | null
  llmSkipped: SkipReason | null
  basis: DecisionBasis
  stage: Stage
  policy: GatePolicy
}

/**
 * Settles a stored review anew: with the engine version its row names, the answer is the stored one, byte for byte in
 * canonical JSON. Reads no clock and nothing outside its argument; never throws.
 */
export function decideAgain({ submission, basis, ...stored }: StoredDecision): SettledVerdict {
  const { decided_at: decidedAt, mandatory_roles: mandatoryRoles, controls, durable } = basis
  return settleVerdict({
    ...stored,
    submission,
    decidedAt,
    durable,
    mandatoryRoles,
    reducing: proveReducing(submission),
    controls: { asOf: controls.as_of, ageMs: controls.age_ms, controls: controls.in_force },
  })
}
