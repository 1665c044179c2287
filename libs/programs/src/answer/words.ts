import type { AdviceVerdict, Band, OrderType } from '@torghut/contracts'

/** The closed word lists of an answer: no word turns into another when up to five neighbours in it are lost. */
export const VERDICT_WORDS = {
  approve: 'approve',
  veto: 'veto',
  adjust: 'adjust',
  abstain: 'abstain',
  escalate: 'escalate',
} as const satisfies Record<AdviceVerdict, string>

export const BAND_WORDS = { low: 'low', medium: 'medium', high: 'high' } as const satisfies Record<Band, string>

/** "stop_limit" may not travel under its own name: without "stop_" it reads "limit", which is another order. */
export const ORDER_TYPE_WORDS = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  stop_limit: 'stop_then_limit',
} as const satisfies Record<OrderType, string>

/** Stands where a deciding value does not apply; leaving the field out is refused, since a loss would look the same. */
export const NONE_WORD = 'none'
