import { REQUIRED_CHECKS } from '@torghut/contracts'
import type { AdvicePolicy, FailMode, OrderType, ReviewAdvice, Verdict } from '@torghut/contracts'

import { isShareAtLeast } from '../evidence/share.ts'
import { adjustOrder } from './adjustment.ts'
import type { AdjustableOrder } from './adjustment.ts'
import { qualityReasons } from './advice-quality.ts'
import type { GateAbout } from './gate-about.ts'

export const ADVICE_POLICY_ABOUT: GateAbout = {
  gate: 'advice-policy',
  codes: [
    'llm_abstain_fallback_veto',
    'llm_escalate_fallback_veto',
    'llm_uncertainty_guardrail_fallback_veto',
    'llm_confidence_below_min_fallback_veto',
    'llm_required_checks_invalid',
    'llm_adjustment_disallowed',
    'llm_adjustment_missing_qty',
    'llm_adjustment_non_positive',
    'llm_adjustment_below_min',
    'llm_adjustment_range_empty',
    'llm_adjustment_original_qty_invalid',
    'llm_adjustment_order_type_not_allowed',
    'llm_adjustment_missing_limit_price',
    'llm_adjustment_limit_price_invalid',
    'llm_advice_unreadable',
  ],
  checks: 'The advice is sure enough to be followed, and what it adjusts is within what the stricter of two policies allows',
  why: 'Contract 3.6, first match wins',
  limits: ['LLM_*'],
  action: 'Nothing for one order; when they pile up, look at the artifact or at the quality limits',
}

export interface PolicyOptions {
  /** Types an adjustment may end at; by default what the contract allows for the order's own type. */
  allowedOrderTypes?: readonly OrderType[]
  belowMinimum: 'clamp' | 'veto'
}

/** The order fields are the original's unless the verdict is adjust. */
export interface PolicyDecision extends AdjustableOrder {
  verdict: Verdict
  reason: string | null
  guardrailReasons: string[] | null
}

/**
 * Judges an advice by policy, first match wins (contract, 3.6). Quality reasons are always reported, also where an
 * earlier rule decided. An advice that cannot be read is a veto, `llm_advice_unreadable`; it never throws.
 */
export function applyAdvicePolicy(
  advice: ReviewAdvice,
  order: AdjustableOrder,
  policy: AdvicePolicy,
  options: PolicyOptions,
): PolicyDecision {
  try {
    const quality = qualityReasons(advice, policy)
    const ruling = advisoryRuling(advice, policy, quality) ?? adjustRuling(advice, order, policy, options)
    return { ...order, ...ruling, guardrailReasons: quality.length > 0 ? quality : null }
  } catch {
    return { ...order, verdict: 'veto', reason: 'llm_advice_unreadable', guardrailReasons: null }
  }
}

/** Types the contract lets an order of this type become when nothing narrower is stated (contract, 1.8). */
export function defaultOrderTypes(orderType: OrderType): OrderType[] {
  return orderType === 'market' || orderType === 'limit' ? ['limit', 'market'] : [orderType]
}

interface Ruling extends Partial<AdjustableOrder> {
  verdict: Verdict
  reason: string | null
}

/** Rows 1 to 8: everything that does not change the order. Null: the advice is an adjust that may be looked at. */
function advisoryRuling(advice: ReviewAdvice, policy: AdvicePolicy, quality: string[]): Ruling | null {
  if (advice.verdict === 'abstain') return fallBack('llm_abstain_fallback', policy.abstain_fail_mode)
  if (advice.verdict === 'escalate') return fallBack('llm_escalate_fallback', policy.escalate_fail_mode)
  if (quality.length > 0) return fallBack('llm_uncertainty_guardrail_fallback', policy.quality_fail_mode)
  if (!isShareAtLeast(advice.confidence, policy.min_confidence)) {
    return fallBack('llm_confidence_below_min_fallback', policy.quality_fail_mode)
  }
  if (!advice.required_checks.every(isKnownCheck)) return veto('llm_required_checks_invalid')
  if (hasMandatoryVeto(advice)) return veto('llm_committee_mandatory_veto')
  if (advice.verdict === 'approve') return { verdict: 'approve', reason: null }
  return advice.verdict === 'adjust' ? null : veto('llm_veto')
}

function adjustRuling(
  advice: ReviewAdvice,
  order: AdjustableOrder,
  policy: AdvicePolicy,
  options: PolicyOptions,
): Ruling {
  const { allowedOrderTypes = defaultOrderTypes(order.orderType), belowMinimum } = options
  const adjustment = adjustOrder(advice, order, { policy, allowedOrderTypes, belowMinimum })
  if ('refusal' in adjustment) return veto(adjustment.refusal)
  return { verdict: 'adjust', reason: adjustment.clamp, ...adjustment.order }
}

/** Only the explicit word lets an undecided advice pass. */
function fallBack(prefix: string, mode: FailMode): Ruling {
  if (mode === 'pass_through') return { verdict: 'approve', reason: `${prefix}_pass_through` }
  return veto(`${prefix}_veto`)
}

function veto(reason: string): Ruling {
  return { verdict: 'veto', reason }
}

function isKnownCheck(check: string): boolean {
  return (REQUIRED_CHECKS as readonly string[]).includes(check)
}

/** The contract's own rule, by the trace's list alone; `checkAdviceVeto` holds the stricter one. */
function hasMandatoryVeto({ committee }: ReviewAdvice): boolean {
  if (committee === null) return false
  return committee.mandatory_roles.some((role) => (committee.roles[role]?.verdict ?? 'veto') === 'veto')
}
