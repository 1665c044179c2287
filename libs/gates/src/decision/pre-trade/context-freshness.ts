import { fact } from '../../evidence/outcome.ts'
import { ageText, judgeAge } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies on a bundle that is too old, or of a later time. */
export const contextFreshness: PreTradeGate = {
  about: {
    gate: 'context-freshness',
    codes: ['context_stale'],
    checks: 'The market context was put together about when the decision was taken, by its own time and not by the age it states',
    why: 'Ours: the age a bundle states was true when it was built',
    limits: ['limits.max_context_age_seconds'],
    action: 'Look at the market-context gateway and at the cache before it',
  },
  judge: ({ context, contextAt, asOf, limits: { max_context_age_seconds: max } }) => {
    if (max === null) return 'limit_not_configured'
    return context === null ? 'market_context_missing' : judgeAge(contextAt, asOf, max)
  },
  evidence: ({ contextAt, asOf, limits }) => ({
    age_seconds: ageText(contextAt, asOf),
    max_seconds: fact(limits.max_context_age_seconds),
  }),
}
