import { SCHEMA_VALIDITY_FLOOR } from '@torghut/contracts'
import type { CountedShare, GateOutcome } from '@torghut/contracts'

import { errorOfRun, judgedPart } from './candidate.ts'
import type { Candidate } from './candidate.ts'
import { provedAtLeast, provedAtMost } from './share-gate.ts'
import type { ShareClaim } from './share-gate.ts'

/** Share of answers that must have come within the limit for the 95th percentile to be proved. */
const LATENCY_SHARE_MIN = 0.95

/** Blocks a candidate unless its first answers are proved valid often enough (minimum policy, item 1: 99.5 %). */
export function checkSchemaValidity(candidate: Candidate): GateOutcome {
  const { schema_validity_min: min } = candidate.policy.scores
  const share = judgedPart(candidate).scores.schema_validity
  return provedAtLeast(
    claim(candidate, 'schema-validity', 'schema_valid_rate', share),
    stricter(min, SCHEMA_VALIDITY_FLOOR),
  )
}

/** Blocks a candidate unless it is proved to agree with the labels often enough. */
export function checkAgreement(candidate: Candidate): GateOutcome {
  const share = judgedPart(candidate).scores.agreement
  return provedAtLeast(claim(candidate, 'agreement', 'agreement_rate', share), candidate.policy.scores.agreement_min)
}

/** Blocks a candidate unless it is proved to veto enough of what should be vetoed. */
export function checkVetoAlignment(candidate: Candidate): GateOutcome {
  const share = judgedPart(candidate).scores.veto_alignment
  return provedAtLeast(
    claim(candidate, 'veto-alignment', 'veto_alignment_rate', share),
    candidate.policy.scores.veto_alignment_min,
  )
}

/** Blocks a candidate unless it is proved to veto few enough good trades. */
export function checkFalseVeto(candidate: Candidate): GateOutcome {
  const share = judgedPart(candidate).scores.false_veto
  return provedAtMost(claim(candidate, 'false-veto', 'false_veto_rate', share), candidate.policy.scores.false_veto_max)
}

/** Blocks a candidate unless it is proved to need the fallback seldom enough. */
export function checkFallbackRate(candidate: Candidate): GateOutcome {
  const share = judgedPart(candidate).scores.fallback_rate
  return provedAtMost(
    claim(candidate, 'fallback-rate', 'fallback_rate', share),
    candidate.policy.scores.fallback_rate_max,
  )
}

/**
 * Blocks a candidate unless the 95th percentile of its latency is proved to meet the limit: the share of answers within
 * it must reach 95 % by its lower end. The share must have been counted against the policy's own limit.
 */
export function checkLatency(candidate: Candidate): GateOutcome {
  const counted = judgedPart(candidate).latency.within
  const isSameLimit = candidate.report.latency_limit_ms === candidate.policy.latency_p95_ms_max
  // Counted against another limit, the share is about something else: nothing was measured.
  const share = isSameLimit ? counted : { hits: NaN, rows: NaN, bound: null }
  return provedAtLeast(claim(candidate, 'latency', 'latency_p95_ms', share), LATENCY_SHARE_MIN)
}

function claim(candidate: Candidate, gate: string, name: string, share: CountedShare): ShareClaim {
  return { gate, name, share, error: errorOfRun(candidate) ?? NaN }
}

/** The larger of both; NaN stays NaN, so that a missing threshold is not replaced by the floor. */
function stricter(min: number, floor: number): number {
  return typeof min === 'number' ? Math.max(min, floor) : NaN
}
