import type {
  CommitteeRole,
  FallbackCause,
  GateOutcome,
  GatePolicy,
  ReviewAdvice,
  ReviewedOrder,
  Verdict,
} from '@torghut/contracts'

import { marketContextOutcome } from '../context/market-context.ts'
import { denied, fact, passed } from '../evidence/outcome.ts'
import { applyAdvicePolicy } from './advice-policy.ts'
import type { PolicyDecision } from './advice-policy.ts'
import { checkAdviceVeto } from './advice-veto.ts'
import { checkControls } from './controls.ts'
import { checkFastPath } from './fast-path.ts'
import { checkGateState } from './gate-state.ts'
import { checkOnlyTighter } from './only-tighter.ts'
import { checkOrderShape } from './order-shape.ts'
import { originalOrder } from './original-order.ts'
import { gatherFacts } from './pre-trade/facts.ts'
import type { PreTradeEvidence, PreTradeFacts } from './pre-trade/facts.ts'
import { preTradeDenial, preTradeOutcomes } from './pre-trade/pre-trade-gates.ts'
import { isChanged } from './pre-trade/prepare-order.ts'
import { regimeAction } from './pre-trade/regime.ts'
import type { ReducingProof } from './reducing-proof.ts'
import { effectiveContextPolicy, stricterPolicy } from './stricter-policy.ts'

/**
 * All a verdict is settled from. `advice` is null when the model was not asked or gave nothing usable, `llmSkipped` says
 * why it was not asked although nothing failed, `decidedAt` is the instant ages are measured at (UTC), `stage` the target
 * the artifact serves under, and `durable` false when the record could be kept only where a restart loses it.
 */
export interface ReviewEvidence extends PreTradeEvidence {
  /** What `proveReducing` said of this very submission. */
  reducing: ReducingProof
  fallbackCause: FallbackCause | null
  /** The program's own mandatory roles, not those a trace claims. */
  mandatoryRoles: readonly CommitteeRole[]
}

/** What is known before a model is asked. */
export type EvidenceBeforeAdvice = Omit<PreTradeEvidence, 'advice' | 'llmSkipped'>

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
 * The gates of the controls, the order, the state and the context are always listed, and so is the pre-trade set. Those
 * of the advice judge one after another what the one before let through, so their list ends at the first denial, and is
 * left out when no advice was asked for because another gate had denied. The pre-trade set judges the original order
 * and, when that passes, what the advice made of it: an advice can save no order. Never throws: evidence with holes
 * where even a gate's question cannot be put is a veto listed at the gate of the order.
 */
export function settleVerdict(evidence: ReviewEvidence): SettledVerdict {
  try {
    return evidence.reducing.reducing === true ? settleExit(evidence) : settleNewRisk(evidence)
  } catch {
    return settleDenial('evidence_unreadable', [denied('order-shape', 'evidence_unreadable', {})])
  }
}

/**
 * The first denial that needs no advice, or null: when there is one, no model need be asked. A proved exit must not be
 * judged by it. Never throws.
 */
export function denialBeforeAdvice(evidence: EvidenceBeforeAdvice): { gate: string; code: string } | null {
  try {
    const asked = { ...evidence, policy: strictestMode(evidence), advice: null, llmSkipped: null }
    for (const outcome of firstOutcomes(asked)) if (!outcome.passed) return outcome
    return preTradeDenial(gatherFacts(asked, originalOrder(asked.submission)))
  } catch {
    return { gate: 'order-shape', code: 'evidence_unreadable' }
  }
}

/**
 * Whether the model may be skipped for an order that nothing denies; its verdict is then that of the gates over the order
 * as it came. False, too, where no policy allows it. Never throws.
 */
export function maySkipModel(evidence: EvidenceBeforeAdvice): boolean {
  try {
    // Stryker disable next-line ConditionalExpression: the gate says no as well, but reads the facts for it
    if (evidence.policy.fast_path === null) return false
    const skipped = { ...evidence, policy: strictestMode(evidence), advice: null, llmSkipped: 'fast_path' as const }
    const facts = gatherFacts(skipped, originalOrder(skipped.submission))
    return checkFastPath(skipped.policy, facts).passed && preTradeDenial(facts) === null
  } catch {
    return false
  }
}

function settleExit({ submission, reducing }: ReviewEvidence): SettledVerdict {
  const outcomes = [passed('proved-exit', reducing.evidence)]
  return { verdict: 'approve', reason: null, decision: originalOrder(submission), outcomes }
}

function settleNewRisk(given: ReviewEvidence): SettledVerdict {
  const evidence = { ...given, policy: strictestMode(given) }
  const original = originalOrder(evidence.submission)
  // Without the advice: one that is unsure halves an order, which must not bring it within limits it was beyond.
  const facts = gatherFacts({ ...evidence, advice: null }, original)
  const first = firstOutcomes(evidence)
  const last = preTradeOutcomes(facts)
  const isDenied = denialCode(last) !== null
  const { outcomes: heard, ruling } = hear(evidence, original, isDenied || denialCode(first) !== null)
  const advised = ruling === null || isUnmoved(facts, evidence, ruling, original) ? facts : gatherFacts(evidence, ruling.decision)
  const final = ruling === null || advised === null ? null : finish(original, ruling, advised)
  // Stryker disable next-line ConditionalExpression: the gates would only say the same of the same facts again
  const isAsked = advised === facts
  const outcomes = first.concat(
    heard,
    final === null ? [] : final.tighter,
    isDenied || isAsked ? last : preTradeOutcomes(advised),
  )
  const denial = denialCode(outcomes)
  if (denial !== null) return settleDenial(denial, outcomes)
  // Stryker disable next-line all: without a ruling something was denied; should that ever be untrue, it is a veto
  if (final === null) return settleDenial('advice_missing', outcomes)
  return { ...final.ruling, outcomes }
}

/** True when the advice changes nothing the pre-trade gates look at: then they need not judge the same facts again. */
function isUnmoved(
  facts: PreTradeFacts | null,
  { submission, advice, policy }: ReviewEvidence,
  { decision }: Ruling,
  original: ReviewedOrder,
): boolean {
  if (facts === null || decision !== original) return false
  return regimeAction(submission.request.decision.regime_hmm, advice, policy.regime) === facts.regime
}

function firstOutcomes({ submission, controls, policy }: Omit<EvidenceBeforeAdvice, 'decidedAt' | 'stage' | 'durable'>): GateOutcome[] {
  return [
    checkControls(submission, controls, policy.trading_mode),
    checkOrderShape(submission),
    checkGateState(submission, policy.trading_mode),
    marketContextOutcome(submission.request.market_context, effectiveContextPolicy(policy)),
  ]
}

/** The request's mode and the server's must agree to count as paper; a row that says live is judged as live. */
function strictestMode({ policy, submission }: Pick<ReviewEvidence, 'submission' | 'policy'>): GatePolicy {
  if (submission.request.trading_mode === 'paper') return policy
  // Stryker disable next-line ConditionalExpression,StringLiteral: a copy would say the same
  if (policy.trading_mode === 'live') return policy
  // Stryker disable next-line StringLiteral: every mode but paper counts as live
  return { ...policy, trading_mode: 'live' }
}

interface Ruling {
  verdict: Verdict
  reason: string | null
  decision: ReviewedOrder
}

interface Heard {
  outcomes: GateOutcome[]
  ruling: Ruling | null
}

/** What there is to hear: an advice or its fallback, a skip the policy allows, or nothing when a gate denied before. */
function hear(evidence: ReviewEvidence, original: ReviewedOrder, isDenied: boolean): Heard {
  const { advice, fallbackCause, llmSkipped, policy } = evidence
  if (advice !== null || fallbackCause !== null) return followAdvice(evidence, original)
  if (llmSkipped === 'fast_path') {
    const skip = checkFastPath(policy, gatherFacts(evidence, original))
    return { outcomes: [skip], ruling: skip.passed ? { verdict: 'approve', reason: null, decision: original } : null }
  }
  return isDenied ? { outcomes: [], ruling: null } : followAdvice(evidence, original)
}

/** Vetoes first, then policy. */
function followAdvice(evidence: ReviewEvidence, original: ReviewedOrder): Heard {
  const { advice, fallbackCause, mandatoryRoles } = evidence
  const vetoes = checkAdviceVeto(advice, mandatoryRoles, fallbackCause)
  const unheard = { outcomes: [vetoes], ruling: null }
  if (!vetoes.passed) return unheard
  // Stryker disable next-line ConditionalExpression: no advice was denied as `advice_missing`; only the compiler asks
  if (advice === null) return unheard
  const ruled = rulePolicy(advice, evidence)
  const outcomes = [vetoes, policyOutcome(ruled)]
  const { verdict, reason } = ruled
  if (verdict === 'veto') return { outcomes, ruling: null }
  return { outcomes, ruling: { verdict, reason, decision: verdict === 'adjust' ? adjustedOrder(original, ruled) : original } }
}

/**
 * The order as it is sent, and the proof that it asks for no more than the original. An approve whose order a gate made
 * smaller is an adjust: whoever sends the original on an approve would send too much.
 */
function finish(original: ReviewedOrder, ruling: Ruling, { order, regime, decision }: PreTradeFacts) {
  const tighter = checkOnlyTighter({ side: decision.action, original, final: order })
  const changed = isChanged(ruling.decision, order)
  const verdict = changed ? ('adjust' as const) : ruling.verdict
  const reason = ruling.reason ?? (changed ? (regime === 'degrade' ? 'regime_degraded' : 'order_rounded') : null)
  return { tighter, ruling: { verdict, reason, decision: order } }
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
  // Stryker disable next-line StringLiteral: a veto has its reason; only the compiler asks
  const code = ruled.reason ?? 'llm_veto'
  return denied('advice-policy', code, evidence)
}

function adjustedOrder(original: ReviewedOrder, { qty, orderType, limitPrice }: PolicyDecision): ReviewedOrder {
  return { qty, order_type: orderType, limit_price: limitPrice, stop_price: original.stop_price }
}

function denialCode(outcomes: GateOutcome[]): string | null {
  for (const outcome of outcomes) if (!outcome.passed) return outcome.code
  return null
}

function settleDenial(reason: string, outcomes: GateOutcome[]): SettledVerdict {
  return { verdict: 'veto', reason, decision: null, outcomes }
}
