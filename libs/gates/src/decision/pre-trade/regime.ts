import { RegimeAction } from '@torghut/contracts'
import type { CompactRegime, RegimePolicy, ReviewAdvice } from '@torghut/contracts'

import { fact } from '../../evidence/outcome.ts'
import { isShareAtMost } from '../../evidence/share.ts'
import type { PreTradeGate } from './gate.ts'

/** Ids a regime model names its states by (contract, 8.6). */
const REGIME_ID = /^R\d+$/

/**
 * Denies when the regime, or how unsure the advice is, calls for no new risk. A degrade passes here: it has halved the
 * order before the other gates judged it. The evidence names the uncertainty of the advice where that moved the action.
 */
export const regimeGate: PreTradeGate = {
  about: {
    gate: 'regime',
    codes: ['regime_blocked'],
    checks: 'Neither the regime nor the uncertainty of the advice says abstain or fail; a degrade halves the quantity',
    why: 'Contract 8.6: the strictest of pass, degrade, abstain and fail counts, and the last two block new risk',
    limits: ['regime'],
    action: 'Wait for the regime to be named with certainty; the evidence says which finding blocked',
  },
  judge: ({ regime, policy }) => {
    if (regime === 'abstain' || regime === 'fail') return 'breached'
    if (regime !== 'pass' && regime !== 'degrade') return 'unreadable'
    return policy.regime.uncertainty === null ? 'limit_not_configured' : 'passed'
  },
  evidence: ({ regime, decision: { regime_hmm: block }, advice }) => ({
    action: fact(regime),
    regime_id: fact(block?.regime_id ?? null),
    entropy_band: fact(block?.entropy_band ?? null),
    guarded: fact(block?.guardrail_reason ?? null),
    uncertainty: fact(advice?.uncertainty.score ?? null),
  }),
}

/** The strictest of what policy makes of the regime and of the uncertainty of an advice. */
export function regimeAction(block: CompactRegime | null, advice: ReviewAdvice | null, policy: RegimePolicy): RegimeAction {
  return strictest(block === null ? policy.missing : blockAction(block, policy), uncertaintyAction(advice, policy))
}

/** An entropy band or an action nobody knows fails. */
function blockAction(block: CompactRegime, policy: RegimePolicy): RegimeAction {
  const byState = Object.hasOwn(policy.states, block.regime_id) ? policy.states[block.regime_id] : 'pass'
  const byEntropy = Object.hasOwn(policy.entropy, block.entropy_band) ? policy.entropy[block.entropy_band] : undefined
  const byGuard = block.guardrail_reason === null ? 'pass' : policy.guarded
  const byName = REGIME_ID.test(block.regime_id) ? 'pass' : policy.unauthoritative
  return strictest(strictest(byState, byEntropy), strictest(byGuard, byName))
}

function uncertaintyAction(advice: ReviewAdvice | null, { uncertainty }: RegimePolicy): RegimeAction {
  if (uncertainty === null || advice === null) return 'pass'
  const { score } = advice.uncertainty
  // Stryker disable next-line StringLiteral: what is no action at all fails, too
  if (!isShareAtMost(score, uncertainty.fail_above)) return 'fail'
  if (!isShareAtMost(score, uncertainty.abstain_above)) return 'abstain'
  return isShareAtMost(score, uncertainty.degrade_above) ? 'pass' : 'degrade'
}

function strictest(one: RegimeAction | undefined, other: RegimeAction | undefined): RegimeAction {
  const rank = (action: RegimeAction | undefined) => {
    const index = (RegimeAction.options as readonly unknown[]).indexOf(action)
    return index === -1 ? Infinity : index
  }
  return RegimeAction.options[Math.max(rank(one), rank(other))] ?? 'fail'
}
