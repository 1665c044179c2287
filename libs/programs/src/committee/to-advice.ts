import type { Calibrator, CommitteeMember, CommitteeRole, Probabilities, ProgramOutput, ReviewAdvice } from '@torghut/contracts'

import type { MandatoryRole } from '../artifact/loaded-artifact.ts'
import { calibrate } from '../calibration/calibrate.ts'
import { confidenceBand, sortedUnique, uncertaintyScore } from './advice-parts.ts'
import { capOf, combine } from './combine.ts'
import type { Combined } from './combine.ts'
import { readMember, toCommitteeMember } from './member.ts'
import type { Member, Voice } from './member.ts'

/** What an advice is made of, beside the judge's answer. */
export interface AdviceParts {
  /** Everybody with a role, the judge among them. */
  voices: readonly Voice[]
  mandatoryRoles: readonly MandatoryRole[]
  orderQty: string
  calibrator: Calibrator | null
}

/**
 * Turns a judge's answer and the committee's into advice. Bands and scores are derived, the committee is written from the
 * nodes that spoke, and what they said is combined by rule.
 */
export function toAdvice(judge: ProgramOutput, { voices, mandatoryRoles, orderQty, calibrator }: AdviceParts): ReviewAdvice {
  const members = voices.map(readMember)
  const combined = combine(judge, members, { mandatoryRoles, orderQty })
  const calibrated = calibrate(judge.probabilities, calibrator)
  const mandatory = members.filter(({ role }) => role === 'policy_judge' || mandatoryRoles.some((name) => name === role))
  return {
    verdict: combined.verdict,
    confidence: judge.confidence,
    confidence_band: confidenceBand(judge.confidence),
    calibrated_probabilities: forVerdict(calibrated.probabilities, judge, combined),
    uncertainty: {
      score: uncertaintyScore(judge.confidence),
      band: judge.uncertaintyBand,
      confidence_interval_low: null,
      confidence_interval_high: null,
    },
    calibration_metadata: calibrated.metadata,
    adjusted_qty: combined.adjustedQty,
    adjusted_order_type: judge.adjustedOrderType,
    limit_price: judge.limitPrice,
    escalate_reason: combined.escalateReason,
    rationale: judge.rationale,
    rationale_short: judge.rationaleShort || judge.rationale,
    required_checks: sortedUnique(mandatory.flatMap(({ answer }) => answer?.requiredChecks ?? [])),
    risk_flags: sortedUnique(mandatory.flatMap(({ answer }) => answer?.riskFlags ?? [])),
    committee: {
      roles: filed(members, orderQty),
      mandatory_roles: [...mandatoryRoles],
      fail_closed_verdict: 'veto',
      schema_error_count: members.filter(({ answer }) => answer === null).length,
    },
  }
}

/**
 * An approve that the cap made smaller is an adjust: what the judge gave to the one now stands for the other. They change
 * places and nothing is added up, so that a verdict more probable than either stays more probable than both.
 */
function forVerdict(probabilities: Probabilities, judge: ProgramOutput, { verdict }: Combined): Probabilities {
  if (judge.verdict !== 'approve' || verdict !== 'adjust') return probabilities
  return { ...probabilities, approve: probabilities.adjust, adjust: probabilities.approve }
}

function filed(members: readonly Member[], orderQty: string): Partial<Record<CommitteeRole, CommitteeMember>> {
  const cap = capOf(members, orderQty)
  return Object.fromEntries(members.map((member) => [member.role, toCommitteeMember(member, cap)]))
}
