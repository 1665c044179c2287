import type { ArtifactNode, CommitteeMember, ProgramOutput, ReviewAdvice } from '@torghut/contracts'

import type { MandatoryRole } from '../artifact/loaded-artifact.ts'
import { confidenceBand, sortedUnique, uncertaintyScore } from './advice-parts.ts'

/**
 * Turns a coherent answer into advice. Bands and scores are derived, the committee is written from the node that
 * spoke, and the raw probabilities are passed on as what they are: not calibrated.
 */
export function toAdvice(
  output: ProgramOutput,
  node: ArtifactNode,
  mandatoryRoles: readonly MandatoryRole[],
): ReviewAdvice {
  return {
    verdict: output.verdict,
    confidence: output.confidence,
    confidence_band: confidenceBand(output.confidence),
    calibrated_probabilities: output.probabilities,
    uncertainty: {
      score: uncertaintyScore(output.confidence),
      band: output.uncertaintyBand,
      confidence_interval_low: null,
      confidence_interval_high: null,
    },
    calibration_metadata: { method: 'uncalibrated' },
    adjusted_qty: output.adjustedQty,
    adjusted_order_type: output.adjustedOrderType,
    limit_price: output.limitPrice,
    escalate_reason: output.escalateReason || null,
    rationale: output.rationale,
    rationale_short: output.rationaleShort || output.rationale,
    required_checks: sortedUnique(output.requiredChecks),
    risk_flags: sortedUnique(output.riskFlags),
    committee: {
      roles: { [node.role]: toMember(output, node) },
      mandatory_roles: [...mandatoryRoles],
      fail_closed_verdict: 'veto',
      schema_error_count: 0,
    },
  }
}

/** Latency stays out: advice is a function of the answer alone, times travel in the trace of the run. */
function toMember(output: ProgramOutput, node: ArtifactNode): CommitteeMember {
  return {
    role: node.role,
    verdict: output.verdict,
    confidence: output.confidence,
    uncertainty: output.uncertaintyBand,
    rationale_short: output.rationaleShort || output.rationale,
    required_checks: sortedUnique(output.requiredChecks),
    adjusted_qty: output.adjustedQty,
    adjusted_order_type: output.adjustedOrderType,
    limit_price: output.limitPrice,
    risk_flags: sortedUnique(output.riskFlags),
    latency_ms: null,
    schema_error: false,
  }
}
