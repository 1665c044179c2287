import { z } from 'zod'

import { PositiveDecimal, UnitInterval, text } from '../scalars.ts'
import { FastPathPolicy } from './fast-path-policy.ts'
import { GateLimits, LimitsBySymbol, RegimePolicy } from './gate-limits.ts'
import { Band, OrderType } from './vocabulary.ts'

export const FailMode = z.enum(['veto', 'pass_through'])
export type FailMode = z.infer<typeof FailMode>

/** How an advice is judged (contract, 3.6). Multipliers are shares of the original quantity. */
export const AdvicePolicy = z.strictObject({
  adjustment_allowed: z.boolean(),
  min_qty_multiplier: z.number().min(0),
  max_qty_multiplier: z.number().min(0),
  min_confidence: UnitInterval,
  min_calibrated_top_probability: UnitInterval,
  min_probability_margin: UnitInterval,
  max_uncertainty: UnitInterval,
  max_uncertainty_band: Band,
  min_calibration_quality_score: UnitInterval,
  abstain_fail_mode: FailMode,
  escalate_fail_mode: FailMode,
  quality_fail_mode: FailMode,
})
export type AdvicePolicy = z.output<typeof AdvicePolicy>

/** How the market-context bundle is judged (contract, 3.5). `shadow_only` reports a block and lets the review go on. */
export const ContextPolicy = z.strictObject({
  required: z.boolean(),
  min_quality: UnitInterval,
  max_staleness_seconds: z.int().min(0),
  fail_mode: z.enum(['shadow_only', 'fail_closed']),
})
export type ContextPolicy = z.output<typeof ContextPolicy>

/** The part of a policy that the environment says. */
export const PolicySettings = z.strictObject({
  trading_mode: z.enum(['paper', 'live']),
  advice: AdvicePolicy,
  context: ContextPolicy,
})
export type PolicySettings = z.output<typeof PolicySettings>

/** The part of a policy that its file says. */
export const PolicyLimits = z.strictObject({
  allowed_order_types: z.array(OrderType).max(4),
  verdict_ttl_seconds: z.int().min(1).max(3600),
  limits: GateLimits,
  by_symbol: LimitsBySymbol,
  /** Symbols nobody here may trade. */
  restricted_symbols: z.array(text(32)).max(10_000),
  regime: RegimePolicy,
  /** Notional above which an order is never approved without a model's advice. */
  critical_notional_usd: PositiveDecimal.nullable(),
  /** When the model may be skipped; null: never. */
  fast_path: FastPathPolicy.nullable(),
  /** Whether a stored answer of a model may stand in for a call while a review waits. */
  caches_on_review_path: z.boolean(),
})
export type PolicyLimits = z.output<typeof PolicyLimits>

/** Everything deterministic gates judge by. Its canonical JSON is stored by hash and named in every row. */
export const GatePolicy = PolicySettings.extend({
  policy_version: z.literal('torghut.gate-policy.v2'),
  ...PolicyLimits.shape,
})
export type GatePolicy = z.output<typeof GatePolicy>
