import { z } from 'zod'

import { Timestamp } from '../scalars.ts'

/** Slices a breaker's window is counted in: what bounds its memory, whatever the traffic. */
export const BREAKER_BUCKETS = 30

/** Largest `LLM_CIRCUIT_MAX_ERRORS`: a breaker remembers that many failures one by one. */
export const CIRCUIT_ERRORS_MAX = 100

/** Milliseconds since 1970 on the clock that all replicas share. */
const instantMs = z.number().min(0)

/**
 * A circuit breaker: calls and failures by slice of time (oldest first), the newest failures since the last success, and
 * until when calls are refused. `openUntilMs` is null when it is closed; once that instant has come it is half-open.
 */
export const BreakerState = z.strictObject({
  buckets: z
    .array(z.strictObject({ startMs: instantMs, calls: z.int().min(0), failures: z.int().min(0) }))
    .max(BREAKER_BUCKETS),
  streak: z.array(instantMs).max(CIRCUIT_ERRORS_MAX),
  openedAtMs: instantMs.nullable(),
  openUntilMs: instantMs.nullable(),
  probe: z.strictObject({ owner: z.guid(), untilMs: instantMs }).nullable(),
})
export type BreakerState = z.output<typeof BreakerState>

/** What `/trading/status` tells of a breaker (contract 3.7). `open` covers half-open: everything but a probe is refused. */
export const CircuitSnapshot = z.strictObject({
  open: z.boolean(),
  open_until: Timestamp.nullable(),
  opened_at: Timestamp.nullable(),
  max_errors: z.int().min(1),
  window_seconds: z.number().positive(),
  cooldown_seconds: z.number().positive(),
  cooldown_remaining_seconds: z.number().min(0),
  open_seconds: z.number().min(0),
  recent_error_count: z.int().min(0),
})
export type CircuitSnapshot = z.output<typeof CircuitSnapshot>
