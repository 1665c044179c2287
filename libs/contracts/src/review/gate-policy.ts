import { z } from 'zod'

import { UnitInterval } from '../scalars.ts'
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

/** Everything deterministic gates judge by. Its canonical JSON is stored by hash and named in every row. */
export const GatePolicy = z.strictObject({
  policy_version: z.literal('torghut.gate-policy.v1'),
  trading_mode: z.enum(['paper', 'live']),
  advice: AdvicePolicy,
  context: ContextPolicy,
  allowed_order_types: z.array(OrderType),
  verdict_ttl_seconds: z.int().min(1).max(3600),
})
export type GatePolicy = z.output<typeof GatePolicy>
