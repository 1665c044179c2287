import { fact } from '../../evidence/outcome.ts'
import { judgeShare, notionalText, qtyText } from './exposure.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies an order the account cannot pay for. An account that states no buying power has none. */
export const buyingPower: PreTradeGate = {
  about: {
    gate: 'buying-power',
    codes: ['buying_power_exceeded'],
    checks: 'The order costs no more than its share of the buying power',
    why: 'SEC 15c3-5(c)(1)(i): pre-set credit or capital thresholds',
    limits: ['limits.max_buying_power_bps'],
    action: 'Trade smaller, or see that the buying power sent is right',
  },
  judge: (facts) => {
    const { state, notional, limits } = facts
    if (limits.max_buying_power_bps === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    return judgeShare(notional, facts.buyingPower, limits.max_buying_power_bps)
  },
  evidence: (facts) => ({
    notional_usd: notionalText(facts.notional),
    buying_power_usd: qtyText(facts.buyingPower),
    max_bps: fact(facts.limits.max_buying_power_bps),
  }),
}
