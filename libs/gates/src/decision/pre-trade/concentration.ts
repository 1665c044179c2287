import { fact } from '../../evidence/outcome.ts'
import { judgeShare, notionalText, qtyText, symbolExposureAfter } from './exposure.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies what would put too much of the equity into one symbol. */
export const concentration: PreTradeGate = {
  about: {
    gate: 'concentration',
    codes: ['concentration_exceeded'],
    checks: 'The exposure in the symbol stays within its share of equity',
    why: "RTS 6, Article 15(4) and (5): limits from the firm's capital",
    limits: ['limits.max_concentration_bps'],
    action: 'Reduce the position or trade smaller; see that the equity sent is right',
  },
  judge: (facts) => {
    const { state, limits } = facts
    if (limits.max_concentration_bps === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    return judgeShare(symbolExposureAfter(facts), facts.equity, limits.max_concentration_bps)
  },
  evidence: (facts) => ({
    exposure_usd: notionalText(symbolExposureAfter(facts)),
    equity_usd: qtyText(facts.equity),
    max_bps: fact(facts.limits.max_concentration_bps),
  }),
}
