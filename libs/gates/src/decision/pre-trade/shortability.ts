import { fact } from '../../evidence/outcome.ts'
import { positionAfter, qtyText } from './exposure.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies a short sale of what cannot be borrowed. */
export const shortability: PreTradeGate = {
  about: {
    gate: 'shortability',
    codes: ['not_shortable'],
    checks: 'A sale that would end short is of an instrument that can be borrowed',
    why: 'SEC 15c3-5(c)(2)(i); the adopting release names Regulation SHO',
    limits: [],
    action: 'Locate shares first, or sell no more than is held',
  },
  judge: (facts) => {
    const { decision, state } = facts
    if (decision.action === 'buy') return 'passed'
    if (state === null) return 'gate_state_missing'
    const after = positionAfter(facts)
    if (after === null || typeof state.instrument.shortable !== 'boolean') return 'unreadable'
    return after >= 0n || state.instrument.shortable ? 'passed' : 'breached'
  },
  evidence: (facts) => ({
    position_after: qtyText(positionAfter(facts)),
    shortable: fact(facts.state?.instrument.shortable ?? null),
  }),
}
