import { readUnits } from '../../evidence/decimal.ts'
import { fact } from '../../evidence/outcome.ts'
import { judgeAtMost } from './findings.ts'
import type { PreTradeGate } from './gate.ts'

/** Halts new risk beyond the loss limit of a day. */
export const dailyLoss: PreTradeGate = {
  about: {
    gate: 'daily-loss',
    codes: ['daily_loss_exceeded'],
    checks: 'The loss of the day is within its limit',
    why: "RTS 6, Article 15(5): orders that risk compromising the firm's own risk thresholds are blocked",
    limits: ['limits.max_daily_loss_usd'],
    action: 'Review the day; only proved exits pass until the next one',
  },
  judge: ({ state, limits: { max_daily_loss_usd: max } }) => {
    if (max === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    const profit = readUnits(state.pnl.day_pnl_usd)
    return judgeAtMost(profit === null ? null : -profit, readUnits(max))
  },
  evidence: ({ state, limits }) => ({ day_pnl_usd: fact(state?.pnl.day_pnl_usd ?? null), max_loss_usd: fact(limits.max_daily_loss_usd) }),
}
