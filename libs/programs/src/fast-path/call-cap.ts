import type { FastPathPolicy } from '@torghut/contracts'

/** How many runs of the program a process may make: so many a minute, and so many at once after a pause. */
export type CallCap = NonNullable<FastPathPolicy['slow_calls']>

/** A bucket that fills with time: what is in it, and when that was so. */
export interface CallTokens {
  tokens: number
  atMs: number
}

const MS_PER_MINUTE = 60_000

/**
 * Takes one call out of the bucket. Pure: the clock is the caller's and must not go back. A bucket nobody has used is
 * full; one whose cap became smaller keeps what the new one allows.
 */
export function takeCall(before: CallTokens | null, { per_minute: perMinute, burst }: CallCap, nowMs: number) {
  const filled = before === null ? burst : before.tokens + ((nowMs - before.atMs) * perMinute) / MS_PER_MINUTE
  const tokens = Math.min(burst, filled)
  const taken = tokens >= 1
  return { taken, after: { tokens: taken ? tokens - 1 : tokens, atMs: nowMs } satisfies CallTokens }
}
