import { z } from 'zod'

/** What a decimal may look like on the wire: no exponent, at most 20 digits before and 8 after the point. */
const DECIMAL_PATTERN = /^-?\d{1,20}(\.\d{1,8})?$/

/** An exact decimal as a JSON string. A JSON number in its place is refused with a hint, code `decimal`. */
export const Decimal = z
  .preprocess(
    (value, context) => {
      if (typeof value !== 'number') return value
      context.issues.push(decimalIssue(value, 'Decimals are JSON strings: write "1.50", not 1.50'))
      return z.NEVER
    },
    z.string().check((context) => {
      if (DECIMAL_PATTERN.test(context.value)) return
      context.issues.push(decimalIssue(context.value, 'Expected a decimal such as "-12.50": at most 20 digits, a point and 8 digits'))
    }),
  )
  .meta({ type: 'string', pattern: DECIMAL_PATTERN.source, examples: ['182.41'] })
export type Decimal = z.output<typeof Decimal>

/** A decimal above zero. */
export const PositiveDecimal = Decimal.refine((text) => !DECIMAL_PATTERN.test(text) || /[1-9]/.test(text) && !text.startsWith('-'), {
  params: { code: 'range' },
  message: 'Expected a decimal above zero',
})

/** A decimal of zero or more. */
export const NonNegativeDecimal = Decimal.refine((text) => !DECIMAL_PATTERN.test(text) || !/^-.*[1-9]/.test(text), {
  params: { code: 'range' },
  message: 'Expected a decimal of zero or more',
})

/** An instant once it is in UTC. PostgreSQL has no year 0, and no clock tells more than nanoseconds. */
const UTC_PATTERN = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/

/**
 * An instant: ISO 8601 with a zone, normalised to UTC (`…Z`) with the fraction it came with, of at most 9 digits. Its
 * year in UTC is 0001 to 9999. Anything else is code `timestamp`.
 */
export const Timestamp = z.iso
  .datetime({ offset: true })
  .overwrite(toUtc)
  .check((context) => {
    if (context.issues.length > 0 || UTC_PATTERN.test(context.value)) return
    const message = 'Expected an instant of the years 0001 to 9999 (UTC) with at most 9 digits after the second'
    context.issues.push(ruleIssue('timestamp', message, context.value))
  })

/** Any 128-bit id in its hyphenated form, lower-cased; not limited to the versions of RFC 9562. */
export const Uuid = z.guid().overwrite((text) => text.toLowerCase())

/** SHA-256, 64 lower-case hex digits. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** A share or score between 0 and 1, both included. */
export const UnitInterval = z.number().min(0).max(1)

/** Text of 1 to `max` UTF-16 units. */
export function text(max: number) {
  return z.string().min(1).max(max)
}

/** Same, absent or null allowed; absent reads as null so that what is stored names every field. */
export function optionalText(max: number) {
  return z.string().max(max).nullable().default(null)
}

/** A JSON object we keep and do not interpret; depth and text safety were checked before the schema. */
export const JsonMap = z.record(z.string(), z.unknown())

/** The same value with the keys of every object in code-unit order: what was posted and what is read back look alike. */
export function inKeyOrder<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(inKeyOrder) as Value
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(entries.map(([key, child]) => [key, inKeyOrder(child)])) as Value
}

/** A finding in `params` that refuses a value under a stated rule. */
export function ruleIssue(code: string, message: string, input: unknown, path: PropertyKey[] = []) {
  return { code: 'custom' as const, params: { code }, message, input, path }
}

function decimalIssue(input: unknown, message: string) {
  return ruleIssue('decimal', message, input)
}

/**
 * `2026-02-27T10:31:00.5-05:00` becomes `2026-02-27T15:31:00.5Z`; the fraction is kept digit by digit. What is no
 * instant, or leaves the four-digit years, stays as it is.
 */
function toUtc(value: string): string {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(value)
  if (match === null) return value
  const [, minute = '', second = ':00', fraction = '', zone = 'Z'] = match
  if (/^(Z|[+-]00:00)$/.test(zone)) return `${minute}${second}${fraction}Z`
  const shifted = new Date(`${minute}${second}${zone}`)
  if (Number.isNaN(shifted.getTime())) return value
  const utc = shifted.toISOString()
  return /^\d{4}-/.test(utc) ? `${utc.slice(0, 19)}${fraction}Z` : value
}
