import { AdviceVerdict } from '@torghut/contracts'
import type { CommitteeMember, CommitteeRole, Probabilities, ReviewAdvice, ReviewRequest } from '@torghut/contracts'

import { confidenceBand, roundTo, sortedUnique, uncertaintyScore } from '../committee/advice-parts.ts'

const REQUIRED_CHECKS = ['execution_policy', 'order_firewall', 'risk_engine'] as const

/** The deterministic scaffold (contract, 4.7): no model, no calibration, three rules. Same request, same bytes. */
export function heuristicAdvice(request: ReviewRequest): ReviewAdvice {
  const flags = contextFlags(request)
  const { verdict, confidence, rationale } = judge(request, flags)
  return {
    verdict,
    confidence,
    confidence_band: confidenceBand(confidence),
    calibrated_probabilities: spread(verdict, confidence),
    uncertainty: {
      score: uncertaintyScore(confidence),
      band: 'medium',
      confidence_interval_low: null,
      confidence_interval_high: null,
    },
    calibration_metadata: { method: 'heuristic_spread', runtime: 'deterministic_heuristic_scaffold' },
    adjusted_qty: null,
    adjusted_order_type: null,
    limit_price: null,
    escalate_reason: null,
    rationale,
    rationale_short: rationale,
    required_checks: [...REQUIRED_CHECKS],
    risk_flags: flags,
    committee: {
      roles: committee(flags),
      mandatory_roles: ['risk_critic', 'execution_critic', 'policy_judge'],
      fail_closed_verdict: 'veto',
      schema_error_count: 0,
    },
  }
}

/** The flags of the context bundle and of its four domains, each once, sorted. */
function contextFlags({ market_context: context }: ReviewRequest): string[] {
  if (context === null) return []
  const domainFlags = Object.values(context.domains).flatMap(({ risk_flags: flags }) => flags)
  return sortedUnique([...context.risk_flags, ...domainFlags])
}

type Judgement = Pick<ReviewAdvice, 'verdict' | 'confidence' | 'rationale'>

function judge(request: ReviewRequest, flags: readonly string[]): Judgement {
  if (!request.policy.adjustment_allowed) {
    return { verdict: 'veto', confidence: 0.86, rationale: 'dspy_policy_guard_adjustment_disallowed' }
  }
  if (flags.length > 0) {
    return { verdict: 'veto', confidence: 0.82, rationale: 'dspy_market_context_risk_flags_detected' }
  }
  return { verdict: 'approve', confidence: 0.64, rationale: 'dspy_committee_consensus_approve' }
}

/** Adapter arithmetic of the contract (2.4): the rest of the confidence is shared equally, to six places. */
function spread(verdict: AdviceVerdict, confidence: number): Probabilities {
  const share = roundTo((1 - confidence) / (AdviceVerdict.options.length - 1), 6)
  return { approve: share, veto: share, adjust: share, abstain: share, escalate: share, [verdict]: confidence }
}

function committee(flags: readonly string[]): Partial<Record<CommitteeRole, CommitteeMember>> {
  return {
    researcher: member('researcher', 0.62, 'heuristic_signal_not_contested'),
    risk_critic: riskCritic(flags),
    execution_critic: member('execution_critic', 0.68, 'heuristic_execution_not_contested'),
    policy_judge: {
      ...member('policy_judge', 0.74, 'heuristic_deterministic_gates_decide'),
      required_checks: [...REQUIRED_CHECKS],
    },
  }
}

function riskCritic(flags: readonly string[]): CommitteeMember {
  if (flags.length === 0) return member('risk_critic', 0.71, 'heuristic_no_context_flags')
  return { ...member('risk_critic', 0.9, 'heuristic_context_flags_present'), verdict: 'veto', uncertainty: 'low' }
}

function member(role: CommitteeRole, confidence: number, rationale: string): CommitteeMember {
  return {
    role,
    verdict: 'approve',
    confidence,
    uncertainty: 'medium',
    rationale_short: rationale,
    required_checks: [],
    adjusted_qty: null,
    adjusted_order_type: null,
    limit_price: null,
    risk_flags: [],
    latency_ms: null,
    schema_error: false,
  }
}
