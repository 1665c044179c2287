import { magnitude, readUnits } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import { positionAfter, qtyText } from './exposure.ts'
import { judgeAtMost } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies what would make the position too large. */
export const positionLimit: PreTradeGate = {
  about: {
    gate: 'position-limit',
    codes: ['position_limit_exceeded'],
    checks: 'The position stays within its limit also when every pending order of this side fills',
    why: "RTS 6, Article 15(4) and (5): position limits by the firm's own thresholds",
    limits: ['limits.max_position_qty'],
    action: 'Reduce the position, cancel pending orders, or trade smaller',
  },
  judge: (facts) => {
    const { state, limits } = facts
    if (limits.max_position_qty === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    const after = positionAfter(facts)
    return judgeAtMost(after === null ? null : magnitude(after), readUnits(limits.max_position_qty))
  },
  evidence: (facts) => ({ position_after: qtyText(positionAfter(facts)), max: fact(facts.limits.max_position_qty) }),
}
