import { z } from 'zod'

import { UnitInterval, text } from '../scalars.ts'
import { Band } from './vocabulary.ts'

/**
 * When a review may do without the model (contract, 8.3): only if not one of these triggers holds, and the order stays
 * below the policy's critical notional. Null in the gate policy means never, which is the default: the model is asked
 * about all new risk. A null limit is a figure this desk does not have; where one is set, a request without it is slow.
 */
export const FastPathPolicy = z.strictObject({
  /** Largest entropy of the expert router, in nats. */
  max_router_entropy: z.number().min(0).nullable(),
  /** Widest band of the regime model's entropy. */
  max_entropy_band: Band.nullable(),
  /** Largest difference between the scores of two experts. */
  max_expert_spread: z.number().min(0).nullable(),
  /** Largest probability that the regime changes next. */
  max_transition_probability: UnitInterval.nullable(),
  /** News and fundamentals younger than this call for a reader. */
  news_seconds: z.int().min(0),
  fundamentals_seconds: z.int().min(0),
  /** Strategies whose decisions are always read. */
  slow_strategies: z.array(text(128)).max(1_000),
  /** Most runs of the program a process makes in a minute, and at once after a pause. Null for no cap. */
  slow_calls: z.strictObject({ per_minute: z.int().min(1), burst: z.int().min(1) }).nullable(),
})
export type FastPathPolicy = z.output<typeof FastPathPolicy>

/**
 * Documented defaults for a desk that turns the fast path on. Entropy: the low band of the regime context ends at 0.90
 * nats. Spread: a fifth of the scale. Transition: the share at which the design of the regime model calls a shock
 * (contract, 8.6). News: the producer's maximum age in the regular session; fundamentals: its maximum age.
 */
export const DEFAULT_FAST_PATH_POLICY: Readonly<FastPathPolicy> = {
  max_router_entropy: 0.9,
  max_entropy_band: 'low',
  max_expert_spread: 0.2,
  max_transition_probability: 0.45,
  news_seconds: 600,
  fundamentals_seconds: 86_400,
  slow_strategies: [],
  slow_calls: { per_minute: 600, burst: 60 },
}
