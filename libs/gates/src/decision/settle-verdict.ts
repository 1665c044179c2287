import type {
  CommitteeRole,
  FallbackCause,
  GateOutcome,
  GatePolicy,
  ReviewAdvice,
  ReviewedOrder,
  ReviewSubmission,
  Verdict,
} from '@torghut/contracts'

import { marketContextOutcome } from '../context/market-context.ts'
import { denied, fact, passed } from '../evidence/outcome.ts'
import { applyAdvicePolicy } from './advice-policy.ts'
import type { PolicyDecision } from './advice-policy.ts'
import { checkAdviceVeto } from './advice-veto.ts'
import { checkControls } from './controls.ts'
import type { ControlsSnapshot } from './controls.ts'
import { checkGateState } from './gate-state.ts'
import { checkOnlyTighter } from './only-tighter.ts'
import { checkOrderShape } from './order-shape.ts'
import { originalOrder } from './original-order.ts'
import type { ReducingProof } from './reducing-proof.ts'
import { effectiveContextPolicy, stricterPolicy } from './stricter-policy.ts'

export interface ReviewEvidence {
  submission: ReviewSubmission
  /** What `proveReducing` said of this very submission. */
  reducing: ReducingProof
  /** Null when the model was not asked or gave nothing usable. */
  advice: ReviewAdvice | null
  fallbackCause: FallbackCause | null
  /** The program's own mandatory roles, not those a trace claims. */
  mandatoryRoles: readonly CommitteeRole[]
  policy: GatePolicy
  /** The hard switches as they stand when the verdict is settled. */
  controls: ControlsSnapshot
}

export interface SettledVerdict {
  verdict: Verdict
  reason: string | null
  /** The order to send; null on a veto. */
  decision: ReviewedOrder | null
  outcomes: GateOutcome[]
}

/**
 * Settles a review: the one place where gates, advice and policy meet. A proved exit is approved as it is and nothing
 * else is asked. For anything else the outcomes stand in `GATE_ORDER` and one denial is a veto, its code the reason.
 * The gates of the controls, the order, the state and the context are always listed. Those of the advice judge one after another
 * what the one before let through, so their list ends at the first denial, and is left out when no advice was asked
 * for because an earlier gate had denied. Never throws: evidence with holes where even a gate's question cannot be put
 * is a veto listed at the gate of the order.
 */
export function settleVerdict(evidence: ReviewEvidence): SettledVerdict {
  try {
    return evidence.reducing.reducing === true ? settleExit(evidence) : settleNewRisk(evidence)
  } catch {
    return settleDenial('evidence_unreadable', [denied('order-shape', 'evidence_unreadable', {})])
  }
}

function settleExit({ submission, reducing }: ReviewEvidence): SettledVerdict {
  const outcomes = [passed('proved-exit', reducing.evidence)]
  return { verdict: 'approve', reason: null, decision: originalOrder(submission), outcomes }
}

function settleNewRisk(evidence: ReviewEvidence): SettledVerdict {
  const { advice, fallbackCause } = evidence
  const policy = strictestMode(evidence)
  const before = gatesBeforeAdvice(evidence)
  const earlierDenial = denialCode(before)
  const neverAsked = advice === null && fallbackCause === null
  if (earlierDenial !== null && neverAsked) return settleDenial(earlierDenial, before)
  const followed = followAdvice({ ...evidence, policy })
  const outcomes = [...before, ...followed.outcomes]
  const denial = denialCode(outcomes)
  if (denial !== null || followed.ruling === null) return settleDenial(denial ?? 'advice_missing', outcomes)
  return { ...followed.ruling, outcomes }
}

/**
 * The gates of the controls, the order, the state and the context, which need no advice: when one denies, no model need
 * be asked. A proved exit must not be judged by them.
 */
export function gatesBeforeAdvice(evidence: Pick<ReviewEvidence, 'submission' | 'policy' | 'controls'>): GateOutcome[] {
  const { submission, controls } = evidence
  const policy = strictestMode(evidence)
  return [
    checkControls(submission, controls, policy.trading_mode),
    checkOrderShape(submission),
    checkGateState(submission, policy.trading_mode),
    marketContextOutcome(submission.request.market_context, effectiveContextPolicy(policy)),
  ]
}

/** The request's mode and the server's must agree to count as paper; a row that says live is judged as live. */
function strictestMode({ policy, submission }: Pick<ReviewEvidence, 'submission' | 'policy'>): GatePolicy {
  const paper = policy.trading_mode === 'paper' && submission.request.trading_mode === 'paper'
  return { ...policy, trading_mode: paper ? 'paper' : 'live' }
}

interface FollowedAdvice {
  outcomes: GateOutcome[]
  ruling: Omit<SettledVerdict, 'outcomes'> | null
}

/** Vetoes first, then policy, then the proof that what policy made of the order asks for no more than the original. */
function followAdvice(evidence: ReviewEvidence): FollowedAdvice {
  const { submission, advice, fallbackCause, mandatoryRoles } = evidence
  const vetoes = checkAdviceVeto(advice, mandatoryRoles, fallbackCause)
  if (!vetoes.passed || advice === null) return { outcomes: [vetoes], ruling: null }
  const ruled = rulePolicy(advice, evidence)
  const outcomes = [vetoes, policyOutcome(ruled)]
  if (ruled.verdict === 'veto') return { outcomes, ruling: null }
  const { verdict, reason } = ruled
  const original = originalOrder(submission)
  const decision = verdict === 'adjust' ? adjustedOrder(original, ruled) : original
  const tighter = checkOnlyTighter({ side: submission.request.decision.action, original, final: decision })
  return { outcomes: [...outcomes, tighter], ruling: { verdict, reason, decision } }
}

/** The stricter of both policies; an adjustment below the smallest multiplier is a veto here, never a clamp. */
function rulePolicy(advice: ReviewAdvice, { submission, policy }: ReviewEvidence): PolicyDecision {
  const { advice: rules, allowedOrderTypes } = stricterPolicy(submission.request.policy, policy)
  const { qty, order_type: orderType, limit_price: limitPrice } = originalOrder(submission)
  const options = { allowedOrderTypes, belowMinimum: 'veto' } as const
  return applyAdvicePolicy(advice, { qty, orderType, limitPrice }, rules, options)
}

function policyOutcome(ruled: PolicyDecision): GateOutcome {
  const evidence = {
    verdict: ruled.verdict,
    reason: ruled.reason,
    guardrail_reasons: ruled.guardrailReasons,
    qty: fact(ruled.qty),
    order_type: fact(ruled.orderType),
    limit_price: fact(ruled.limitPrice),
  }
  if (ruled.verdict !== 'veto') return passed('advice-policy', evidence)
  return denied('advice-policy', ruled.reason ?? 'llm_veto', evidence)
}

function adjustedOrder(original: ReviewedOrder, { qty, orderType, limitPrice }: PolicyDecision): ReviewedOrder {
  return { qty, order_type: orderType, limit_price: limitPrice, stop_price: original.stop_price }
}

function denialCode(outcomes: GateOutcome[]): string | null {
  return outcomes.find((outcome) => !outcome.passed)?.code ?? null
}

function settleDenial(reason: string, outcomes: GateOutcome[]): SettledVerdict {
  return { verdict: 'veto', reason, decision: null, outcomes }
}
