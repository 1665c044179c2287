import { fact } from '../../evidence/outcome.ts'
import { ageText, judgeAge } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies on a reference price that is too old, of a later time, or none. */
export const referencePrice: PreTradeGate = {
  about: {
    gate: 'reference-price',
    codes: ['reference_price_stale'],
    checks: 'The reference price, by which collar and notionals are judged, is recent',
    why: 'RTS 6, Article 15(1)(a): a collar against a stale price is none',
    limits: ['limits.max_reference_age_seconds'],
    action: 'Look at the market-data feed of `gate_state.reference_price`',
  },
  judge: ({ state, reference, referenceAt, asOf, limits: { max_reference_age_seconds: max } }) => {
    if (max === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    return reference === null ? 'unreadable' : judgeAge(referenceAt, asOf, max)
  },
  evidence: ({ state, referenceAt, asOf, limits }) => ({
    price: fact(state?.reference_price.price ?? null),
    age_seconds: ageText(referenceAt, asOf),
    max_seconds: fact(limits.max_reference_age_seconds),
  }),
}
