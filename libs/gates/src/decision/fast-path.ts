import type { GateOutcome, GatePolicy } from '@torghut/contracts'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import type { GateAbout } from './gate-about.ts'
import type { PreTradeFacts } from './pre-trade/facts.ts'
import { notionalText } from './pre-trade/exposure.ts'
import { slowPathFigures, slowPathTriggers } from './slow-path-triggers.ts'

export const FAST_PATH_ABOUT: GateAbout = {
  gate: 'fast-path',
  codes: ['fast_path_not_allowed', 'slow_path_needed'],
  checks: 'A review that skipped the model did so under a policy that lets it, and no trigger of the slow path held',
  why: 'Contract 8.3: fast and slow path; ours that no row can claim a skip its own request does not bear out',
  limits: ['fast_path', 'critical_notional_usd'],
  action: 'Nothing for the order; configure `fast_path`, or see why a replica skipped the model without it',
}

/**
 * Denies a skip of the model that the policy does not allow or that a trigger stands against. Listed only where the model
 * was skipped so; its evidence is the reason for the skip.
 */
export function checkFastPath(policy: GatePolicy, facts: PreTradeFacts | null): GateOutcome {
  const gate = 'fast-path'
  return guarded(gate, () => {
    const { fast_path: rules } = policy
    const allowed = typeof rules === 'object' && rules !== null
    if (!allowed) return denied(gate, 'fast_path_not_allowed', { allowed: fact(allowed) })
    // Stryker disable next-line ConditionalExpression: the triggers would not read null, either, and say the same
    if (facts === null) return denied(gate, 'slow_path_needed', { triggers: ['evidence_unreadable'] })
    const triggers = slowPathTriggers(facts, rules)
    if (triggers.length > 0) return denied(gate, 'slow_path_needed', { triggers })
    const figures = slowPathFigures(facts)
    return passed(gate, {
      triggers,
      router_entropy: fact(figures.routerEntropy),
      entropy_band: fact(figures.entropyBand),
      expert_spread: fact(figures.expertSpread),
      transition_probability: fact(figures.transitionProbability),
      notional_usd: notionalText(facts.notional),
    })
  })
}
