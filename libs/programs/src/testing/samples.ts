import { ReviewRequest, parseProgramOutput } from '@torghut/contracts'
import type { ProgramOutput } from '@torghut/contracts'

import { nonceFrom } from '../answer/nonce.ts'

/** A usable nonce for tests. */
export const SAMPLE_NONCE = nonceFrom(Uint8Array.from({ length: 24 }, (_, index) => (index * 97 + 13) % 256))

/** A coherent approve, with what a test wants changed. Throws when the change breaks the contract. */
export function sampleOutput(changes: Partial<ProgramOutput> = {}): ProgramOutput {
  const parsed = parseProgramOutput({
    verdict: 'approve',
    confidence: 0.64,
    rationale: 'Momentum and context agree with the entry.',
    rationaleShort: 'Signals agree',
    requiredChecks: ['risk_engine'],
    riskFlags: ['wide_spread'],
    adjustedQty: null,
    adjustedOrderType: null,
    limitPrice: null,
    escalateReason: null,
    uncertaintyBand: 'medium',
    probabilities: { approve: 0.64, veto: 0.16, adjust: 0.1, abstain: 0.06, escalate: 0.04 },
    citations: ['decision.qty', 'positions.0.qty'],
    ...changes,
  })
  if (!parsed.ok) throw new TypeError(`Sample output is invalid: ${JSON.stringify(parsed.issues)}`)
  return parsed.output
}

/** A small valid request without market context, with what a test wants changed at the top level. */
export function sampleRequest(changes: Record<string, unknown> = {}): ReviewRequest {
  return ReviewRequest.parse({
    decision: {
      strategy_id: '7d0f7e0c-41b4-4f5c-9a27-6d2c1be7a310',
      symbol: 'AAPL',
      action: 'buy',
      qty: '12',
      order_type: 'market',
      time_in_force: 'day',
      event_ts: '2026-02-27T15:31:00Z',
      timeframe: '1Min',
      rationale: 'macd_cross_up',
      params: { rsi: '44.1', price: '182.30' },
    },
    portfolio: { equity: '100000', cash: '40000', buying_power: '80000', total_exposure: '3646' },
    positions: [{ symbol: 'AAPL', qty: '20', side: 'long', market_value: '3646' }],
    policy: {
      adjustment_allowed: true,
      min_qty_multiplier: '0.5',
      max_qty_multiplier: '1',
      allowed_order_types: ['limit', 'market'],
    },
    trading_mode: 'paper',
    prompt_version: 'dspy:v1',
    ...changes,
  })
}
