import { fact } from '../../evidence/outcome.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies a symbol on either restricted list. */
export const restrictedList: PreTradeGate = {
  about: {
    gate: 'restricted-list',
    codes: ['symbol_restricted'],
    checks: "The symbol is neither on the policy's restricted list nor marked restricted by the caller",
    why: 'SEC 15c3-5(c)(2)(ii): no orders for securities the person is restricted from trading',
    limits: ['restricted_symbols'],
    action: 'Ask compliance; the list is in the policy file, the mark comes with `gate_state.instrument`',
  },
  judge: ({ decision, policy, state }) => {
    if (!Array.isArray(policy.restricted_symbols)) return 'unreadable'
    for (const symbol of policy.restricted_symbols) {
      if (typeof symbol !== 'string') return 'unreadable'
      if (symbol === decision.symbol) return 'breached'
    }
    if (state === null) return 'gate_state_missing'
    const { restricted } = state.instrument
    if (typeof restricted !== 'boolean') return 'unreadable'
    return restricted ? 'breached' : 'passed'
  },
  evidence: ({ decision, policy, state }) => ({
    listed: policy.restricted_symbols.includes(decision.symbol),
    marked: fact(state?.instrument.restricted ?? null),
  }),
}
