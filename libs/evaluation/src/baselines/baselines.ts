import type { DatasetRow } from '@torghut/contracts'

import type { RowAnswer } from '../scores/eval-row.ts'

/** What the gates alone would do: let through what they do not deny. The baseline without a model. */
export function noModelAnswer({ labels }: Pick<DatasetRow, 'labels'>): RowAnswer {
  return { advice: labels.gates === null ? 'approve' : 'veto', sizeMultiplier: 1 }
}

/**
 * Static time series momentum (Moskowitz, Ooi and Pedersen 2012): follow the sign of the past return, up means buy. The
 * trend is the one the context's regime block states; without one nothing is followed.
 */
export function staticMomentumAnswer({ action, input }: Pick<DatasetRow, 'action' | 'input'>): RowAnswer {
  const trend = input.request.market_context?.domains.regime.payload['trend']
  const isWithTrend = typeof trend === 'number' && (action === 'buy' ? trend > 0 : trend < 0)
  return { advice: isWithTrend ? 'approve' : 'veto', sizeMultiplier: 1 }
}
