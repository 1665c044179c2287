import { magnitude } from '../../evidence/decimal.ts'
import { NANOSECONDS_PER_SECOND, formatSeconds } from '../../evidence/instant.ts'
import type { Finding } from './gate.ts'

/** Whether something lies within a number of seconds of an instant, before or after; both ends are within. */
export function judgeAge(at: bigint | null, asOf: bigint | null, maxSeconds: number): Finding {
  if (at === null || asOf === null || !Number.isSafeInteger(maxSeconds)) return 'unreadable'
  return magnitude(asOf - at) <= BigInt(maxSeconds) * NANOSECONDS_PER_SECOND ? 'passed' : 'breached'
}

/** The age for evidence, negative when the thing is later than the instant. */
export function ageText(at: bigint | null, asOf: bigint | null): string | null {
  return at === null || asOf === null ? null : formatSeconds(asOf - at)
}

/** At most `max`; null on either side cannot be judged. */
export function judgeAtMost(value: bigint | null, max: bigint | null): Finding {
  if (value === null || max === null) return 'unreadable'
  return value <= max ? 'passed' : 'breached'
}

/** Whether one more than a count is still at most `max`. */
export function judgeRoomForOne(count: unknown, max: number): Finding {
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(max) || (count as number) < 0) return 'unreadable'
  return (count as number) < max ? 'passed' : 'breached'
}
