import { UNITS_PER_ONE, readUnits } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import { grossExposureAfter, notionalText } from './exposure.ts'
import { judgeAtMost } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies what would make the whole book too large. */
export const grossExposure: PreTradeGate = {
  about: {
    gate: 'gross-exposure',
    codes: ['gross_exposure_exceeded'],
    checks: 'The exposure of the whole account stays within its limit, this and every pending order included',
    why: 'RTS 6, Article 15(2) and (5): all orders count at once, exposure of the firm as a whole; SEC 15c3-5(c)(1)(i): thresholds in the aggregate',
    limits: ['limits.max_gross_exposure_usd'],
    action: 'Reduce the book or cancel pending orders',
  },
  judge: (facts) => {
    const { state, limits } = facts
    if (limits.max_gross_exposure_usd === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    const max = readUnits(limits.max_gross_exposure_usd)
    return judgeAtMost(grossExposureAfter(facts), max === null ? null : max * UNITS_PER_ONE)
  },
  evidence: (facts) => ({ exposure_usd: notionalText(grossExposureAfter(facts)), max: fact(facts.limits.max_gross_exposure_usd) }),
}
