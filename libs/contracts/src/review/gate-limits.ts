import { z } from 'zod'

import { NonNegativeDecimal, PositiveDecimal, UnitInterval, text } from '../scalars.ts'

/** A smallest and a largest; null on a side means that side is not set. */
const Range = z.strictObject({ min: NonNegativeDecimal.nullable(), max: PositiveDecimal.nullable() })

const Count = z.int().min(0).max(1_000_000_000)
/** Up to 30 days. */
const Seconds = z.int().min(0).max(2_592_000)
/** Hundredths of a percent; ten times the whole at most. */
const BasisPoints = z.int().min(0).max(100_000)

export const ContextDomainName = z.enum(['technicals', 'fundamentals', 'news', 'regime'])
export type ContextDomainName = z.infer<typeof ContextDomainName>

/** Limits that may differ from one instrument to the next (RTS 6, Article 15(1)(a) asks for that of price collars). */
const InstrumentLimits = z.strictObject({
  price_collar_bps: BasisPoints.nullable(),
  order_notional_usd: Range,
  order_qty: Range,
  max_symbol_exposure_usd: PositiveDecimal.nullable(),
  max_position_qty: PositiveDecimal.nullable(),
  max_concentration_bps: BasisPoints.nullable(),
  reduce_only: z.boolean(),
})

/** What pre-trade gates hold an order to. Null: not configured, which paper states in the row and live refuses. */
export const GateLimits = InstrumentLimits.extend({
  max_gross_exposure_usd: PositiveDecimal.nullable(),
  max_buying_power_bps: BasisPoints.nullable(),
  max_orders_per_minute: Count.nullable(),
  max_orders_per_day: Count.nullable(),
  max_repeats_per_day: Count.nullable(),
  max_drawdown: UnitInterval.nullable(),
  max_daily_loss_usd: NonNegativeDecimal.nullable(),
  max_decision_age_seconds: Seconds.nullable(),
  max_gate_state_age_seconds: Seconds.nullable(),
  max_reference_age_seconds: Seconds.nullable(),
  max_context_age_seconds: Seconds.nullable(),
  max_domain_age_seconds: z.strictObject({
    technicals: Seconds.nullable(),
    fundamentals: Seconds.nullable(),
    news: Seconds.nullable(),
    regime: Seconds.nullable(),
  }),
  required_domains: z.array(ContextDomainName).max(4),
  sessions: z.array(z.enum(['pre', 'regular', 'post'])).max(3).nullable(),
  constrained_live_max_order_notional_usd: PositiveDecimal.nullable(),
})
export type GateLimits = z.output<typeof GateLimits>

/** Limits of one instrument; what is left out is as for every other. */
export const SymbolLimits = InstrumentLimits.partial()
export type SymbolLimits = z.output<typeof SymbolLimits>

/** Limits by instrument. */
export const LimitsBySymbol = z.record(text(32), SymbolLimits)

/** From harmless to final: what a regime does to new risk (contract, 8.6). */
export const RegimeAction = z.enum(['pass', 'degrade', 'abstain', 'fail'])
export type RegimeAction = z.infer<typeof RegimeAction>

/** What each finding about the regime and the advice's uncertainty does; the strictest finding counts. */
export const RegimePolicy = z.strictObject({
  /** The decision carries no regime. */
  missing: RegimeAction,
  /** Its id is not `R` and digits: nobody stands behind it. */
  unauthoritative: RegimeAction,
  /** The regime model guarded itself: shock, stale or defensive. */
  guarded: RegimeAction,
  entropy: z.strictObject({ low: RegimeAction, medium: RegimeAction, high: RegimeAction }),
  /** By regime id; others pass. */
  states: z.record(text(32), RegimeAction),
  /** Scores of the advice above which it degrades, abstains, fails. */
  uncertainty: z
    .strictObject({ degrade_above: UnitInterval, abstain_above: UnitInterval, fail_above: UnitInterval })
    .nullable(),
})
export type RegimePolicy = z.output<typeof RegimePolicy>
