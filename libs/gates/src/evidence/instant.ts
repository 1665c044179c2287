import { formatUnits } from './decimal.ts'

const INSTANT_PATTERN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

const NANOSECOND_DIGITS = 9
export const NANOSECONDS_PER_SECOND = 1_000_000_000n

/** Characters of `YYYY-MM-DDTHH:MM:SS`. */
const SECOND_END = 19

/**
 * Nanoseconds since 1970 of an ISO 8601 instant with a zone, or null when it is none. Exact in every digit of the
 * fraction: a `Date` keeps milliseconds, and a limit of 60 s must not admit 60.0004 s.
 */
export function readInstant(value: unknown): bigint | null {
  if (typeof value !== 'string' || !INSTANT_PATTERN.test(value)) return null
  const zoneStart = value.endsWith('Z') ? value.length - 1 : value.length - 6
  const wholeMs = Date.parse(value.slice(0, SECOND_END) + value.slice(zoneStart))
  if (!Number.isFinite(wholeMs)) return null
  return BigInt(wholeMs / 1000) * NANOSECONDS_PER_SECOND + BigInt(fractionNanoseconds(value, zoneStart))
}

/** Seconds between two instants as a decimal, for evidence. */
export function formatSeconds(nanoseconds: bigint): string {
  return formatUnits(nanoseconds, NANOSECOND_DIGITS)
}

/** Without a fraction there is no text to read, which counts as nothing. */
function fractionNanoseconds(value: string, end: number): number {
  return Number(value.slice(SECOND_END + 1, end)) * 10 ** (NANOSECOND_DIGITS - (end - SECOND_END - 1))
}
