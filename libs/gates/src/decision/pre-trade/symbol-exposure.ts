import { UNITS_PER_ONE, readUnits } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import { notionalText, symbolExposureAfter } from './exposure.ts'
import { judgeAtMost } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies what would put too much into one symbol. */
export const symbolExposure: PreTradeGate = {
  about: {
    gate: 'symbol-exposure',
    codes: ['symbol_exposure_exceeded'],
    checks: 'The exposure in the symbol stays within its limit, pending orders of this side included',
    why: 'RTS 6, Article 15(5): exposures to financial instruments; SEC 15c3-5(c)(1)(i): thresholds by security',
    limits: ['limits.max_symbol_exposure_usd'],
    action: 'Reduce the position, cancel pending orders, or trade smaller',
  },
  judge: (facts) => {
    const { state, limits } = facts
    if (limits.max_symbol_exposure_usd === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    const max = readUnits(limits.max_symbol_exposure_usd)
    return judgeAtMost(symbolExposureAfter(facts), max === null ? null : max * UNITS_PER_ONE)
  },
  evidence: (facts) => ({ exposure_usd: notionalText(symbolExposureAfter(facts)), max: fact(facts.limits.max_symbol_exposure_usd) }),
}
