import Big from 'big.js'

const INSTANT_PATTERN = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

/**
 * Seconds since 1970 of an ISO 8601 instant with a zone, or null when it is none. Exact in every digit of the
 * fraction: a `Date` keeps milliseconds, and a limit of 60 s must not admit 60.0004 s.
 */
export function readInstantSeconds(value: unknown): Big | null {
  if (typeof value !== 'string') return null
  const [, whole = '', fraction = '.0', zone = ''] = INSTANT_PATTERN.exec(value) ?? []
  const wholeMs = Date.parse(`${whole}${zone}`)
  return Number.isFinite(wholeMs) ? new Big(wholeMs).div(1000).plus(`0${fraction}`) : null
}
