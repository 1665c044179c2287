import { COST_PER_FILL } from './results.ts'
import type { Side } from './strategies.ts'

/** Dollars a paper account opens with; one index point is worth one dollar. */
export const STARTING_EQUITY_USD = 1_000_000

/** Share of equity one entry may use. */
export const ENTRY_EQUITY_SHARE = 0.04

/** An open position in the replayed symbol; `qty` is positive, the side says which way. */
export interface OpenPosition {
  side: 'long' | 'short'
  qty: number
  entryPrice: number
}

/** The account at one close, marked to that close. Dollars, except `drawdown` (fraction of the peak seen at closes). */
export interface AccountMark {
  equity: number
  cash: number
  buyingPower: number
  exposure: number
  dayPnl: number
  drawdown: number
  position: OpenPosition | null
}

/**
 * The book of one strategy in one year: cash and at most one position. Each strategy trades an account of its own, so
 * a position seen in a request is the strategy's own and its exit can be proved by it.
 */
export class PaperAccount {
  #cash = STARTING_EQUITY_USD
  #position: OpenPosition | null = null
  #previousEquity = STARTING_EQUITY_USD
  #peakEquity = STARTING_EQUITY_USD

  /** Opens a position at a close; a quantity of 0 (a vetoed entry) changes nothing. */
  open(side: Side, qty: number, price: number): void {
    if (qty <= 0) return
    this.#cash += (side === 'buy' ? -1 : 1) * qty * price - fillCost(qty, price)
    this.#position = { side: side === 'buy' ? 'long' : 'short', qty, entryPrice: price }
  }

  /** Closes whatever is open at a close. */
  close(price: number): void {
    if (this.#position === null) return
    const { side, qty } = this.#position
    this.#cash += (side === 'long' ? 1 : -1) * qty * price - fillCost(qty, price)
    this.#position = null
  }

  /** Marks the account once a bar, after that bar's fills; day profit counts from the mark before. */
  markClose(price: number): AccountMark {
    const exposure = this.#position === null ? 0 : this.#position.qty * price
    const equity = this.#cash + (this.#position?.side === 'short' ? -exposure : exposure)
    this.#peakEquity = Math.max(this.#peakEquity, equity)
    const mark = {
      equity,
      cash: this.#cash,
      buyingPower: Math.max(0, equity - exposure),
      exposure,
      dayPnl: equity - this.#previousEquity,
      drawdown: Math.min(1, Math.max(0, 1 - equity / this.#peakEquity)),
      position: this.#position,
    }
    this.#previousEquity = equity
    return mark
  }
}

/** Units to ask for: an even number, so that the desk's half of it is whole lots too. */
export function entryQty(equity: number, price: number): number {
  return 2 * Math.floor((equity * ENTRY_EQUITY_SHARE) / (2 * price))
}

function fillCost(qty: number, price: number): number {
  return qty * price * (COST_PER_FILL.commission + COST_PER_FILL.spread + COST_PER_FILL.slippage)
}
