import { UNITS_PER_ONE, readPositiveUnits } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import { notionalText } from './exposure.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies a large order that no model was asked about. */
export const criticalNotional: PreTradeGate = {
  about: {
    gate: 'critical-notional',
    codes: ['critical_notional_unreviewed'],
    checks: 'An order above the critical notional was read by the model: the fast path is closed to it',
    why: 'Contract 8.3: a trade above a critical notional takes the slow path',
    limits: ['critical_notional_usd'],
    action: 'Nothing; the order is to be posted again when the model can be asked',
  },
  judge: ({ llmSkipped, state, notional, policy: { critical_notional_usd: critical } }) => {
    if (critical === null) return 'limit_not_configured'
    const bound = readPositiveUnits(critical)
    if (bound === null) return 'unreadable'
    if (llmSkipped !== 'fast_path') return 'passed'
    if (state === null) return 'gate_state_missing'
    if (notional === null) return 'unreadable'
    return notional <= bound * UNITS_PER_ONE ? 'passed' : 'breached'
  },
  evidence: ({ llmSkipped, notional, policy }) => ({
    llm_skipped: fact(llmSkipped),
    notional_usd: notionalText(notional),
    critical: fact(policy.critical_notional_usd),
  }),
}
