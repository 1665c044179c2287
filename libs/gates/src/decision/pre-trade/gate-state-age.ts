import { fact } from '../../evidence/outcome.ts'
import { ageText, judgeAge } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies on state that is too old, or of a later time. */
export const gateStateAge: PreTradeGate = {
  about: {
    gate: 'gate-state-age',
    codes: ['gate_state_stale'],
    checks: 'Pending orders, session and counts were gathered about when the decision was taken',
    why: 'Ours: limits over old state are no limits; RTS 6, Article 15(2) wants all orders counted at once',
    limits: ['limits.max_gate_state_age_seconds'],
    action: 'Have the scheduler gather `gate_state` anew for each decision',
  },
  judge: ({ state, stateAt, asOf, limits: { max_gate_state_age_seconds: max } }) => {
    if (max === null) return 'limit_not_configured'
    return state === null ? 'gate_state_missing' : judgeAge(stateAt, asOf, max)
  },
  evidence: ({ stateAt, asOf, limits }) => ({
    age_seconds: ageText(stateAt, asOf),
    max_seconds: fact(limits.max_gate_state_age_seconds),
  }),
}
