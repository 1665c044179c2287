import type { GateOutcome } from '@torghut/contracts'

import { buyingPower } from './buying-power.ts'
import { concentration } from './concentration.ts'
import { constrainedStage } from './constrained-stage.ts'
import { contextFreshness } from './context-freshness.ts'
import { criticalNotional } from './critical-notional.ts'
import { dailyLoss } from './daily-loss.ts'
import { decisionAge } from './decision-age.ts'
import { drawdown } from './drawdown.ts'
import { duplicateOrder } from './duplicate-order.ts'
import { durableRecord } from './durable-record.ts'
import type { PreTradeFacts } from './facts.ts'
import { gateStateAge } from './gate-state-age.ts'
import { denialOf, outcomeOf } from './gate.ts'
import type { PreTradeGate } from './gate.ts'
import { grossExposure } from './gross-exposure.ts'
import { instrumentHalt } from './instrument-halt.ts'
import { lotAndTick } from './lot-and-tick.ts'
import { marketDataAge } from './market-data-age.ts'
import { orderCount } from './order-count.ts'
import { orderNotional } from './order-notional.ts'
import { orderQuantity } from './order-quantity.ts'
import { orderRate } from './order-rate.ts'
import { positionLimit } from './position-limit.ts'
import { priceCollar } from './price-collar.ts'
import { reduceOnlyMode } from './reduce-only-mode.ts'
import { referencePrice } from './reference-price.ts'
import { regimeGate } from './regime.ts'
import { repeatedExecution } from './repeated-execution.ts'
import { restrictedList } from './restricted-list.ts'
import { shortability } from './shortability.ts'
import { symbolExposure } from './symbol-exposure.ts'
import { symbolMatch } from './symbol-match.ts'
import { tradingSession } from './trading-session.ts'

/**
 * The pre-trade set in the order its outcomes are listed: what the order is about, when it comes, how often, how the book
 * does, then the order itself and what it would do to the book.
 */
export const PRE_TRADE_GATES: readonly PreTradeGate[] = [
  symbolMatch,
  restrictedList,
  tradingSession,
  instrumentHalt,
  reduceOnlyMode,
  decisionAge,
  durableRecord,
  gateStateAge,
  referencePrice,
  contextFreshness,
  marketDataAge,
  repeatedExecution,
  orderRate,
  orderCount,
  duplicateOrder,
  drawdown,
  dailyLoss,
  regimeGate,
  lotAndTick,
  priceCollar,
  orderQuantity,
  orderNotional,
  constrainedStage,
  criticalNotional,
  shortability,
  positionLimit,
  symbolExposure,
  concentration,
  grossExposure,
  buyingPower,
]

/** The first gate that denies and its code, without telling why; null when all let the order pass. */
export function preTradeDenial(facts: PreTradeFacts | null): { gate: string; code: string } | null {
  for (const gate of PRE_TRADE_GATES) {
    const code = denialOf(gate, facts)
    if (code !== null) return { gate: gate.about.gate, code }
  }
  return null
}

/** Every gate's outcome with its evidence. */
export function preTradeOutcomes(facts: PreTradeFacts | null): GateOutcome[] {
  return PRE_TRADE_GATES.map((gate) => outcomeOf(gate, facts))
}
