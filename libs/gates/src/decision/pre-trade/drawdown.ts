import { fact } from '../../evidence/outcome.ts'
import { isShare } from '../../evidence/share.ts'
import type { PreTradeGate } from './gate.ts'

/** Halts new risk beyond the drawdown limit. */
export const drawdown: PreTradeGate = {
  about: {
    gate: 'drawdown',
    codes: ['drawdown_exceeded'],
    checks: 'The drawdown of the account is within its limit',
    why: "RTS 6, Article 15(5): orders that risk compromising the firm's own risk thresholds are blocked",
    limits: ['limits.max_drawdown'],
    action: 'Review the book; only proved exits pass until the drawdown is smaller',
  },
  judge: ({ state, limits: { max_drawdown: max } }) => {
    if (max === null) return 'limit_not_configured'
    if (state === null) return 'gate_state_missing'
    const { drawdown: value } = state.pnl
    if (!isShare(value) || !isShare(max)) return 'unreadable'
    return value <= max ? 'passed' : 'breached'
  },
  evidence: ({ state, limits }) => ({ drawdown: fact(state?.pnl.drawdown ?? null), max: fact(limits.max_drawdown) }),
}
