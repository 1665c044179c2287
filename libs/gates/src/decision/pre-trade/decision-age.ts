import { fact } from '../../evidence/outcome.ts'
import { ageText, judgeAge } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies a decision too long before, or after, the instant it is judged at. */
export const decisionAge: PreTradeGate = {
  about: {
    gate: 'decision-age',
    codes: ['decision_stale'],
    checks: 'The decision is recent when it is judged',
    why: 'Ours: a price moves on while a queue is late',
    limits: ['limits.max_decision_age_seconds'],
    action: 'Find why the decision came late (queue, clock), and decide anew',
  },
  judge: ({ eventAt, decidedAt, limits: { max_decision_age_seconds: max } }) =>
    max === null ? 'limit_not_configured' : judgeAge(eventAt, decidedAt, max),
  evidence: ({ eventAt, decidedAt, limits }) => ({
    age_seconds: ageText(eventAt, decidedAt),
    max_seconds: fact(limits.max_decision_age_seconds),
  }),
}
