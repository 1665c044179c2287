import { fact } from '../../evidence/outcome.ts'
import type { PreTradeGate } from './gate.ts'

/** Denies an order judged by the data of another symbol. */
export const symbolMatch: PreTradeGate = {
  about: {
    gate: 'symbol-match',
    codes: ['symbol_mismatch'],
    checks: 'The market context and the market snapshot are those of the symbol that is traded',
    why: 'Ours: a price or a context of another instrument would judge the wrong order',
    limits: [],
    action: 'Have the scheduler fetch context and snapshot for the symbol of the decision',
  },
  judge: ({ decision: { symbol }, context, submission: { request } }) => {
    if (context !== null && context.symbol !== symbol) return 'breached'
    const market = request.market ?? null
    return market === null || market.symbol === symbol ? 'passed' : 'breached'
  },
  evidence: ({ decision: { symbol }, context, submission: { request } }) => ({
    symbol: fact(symbol),
    context: fact(context?.symbol ?? null),
    market: fact(request.market?.symbol ?? null),
  }),
}
