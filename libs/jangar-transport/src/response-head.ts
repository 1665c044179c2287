import type { Dispatcher } from 'undici'

import { word } from './failure.ts'

type Head = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>

/**
 * Says what is wrong with a response that cannot be our stream, or null. Goes by what came, not by
 * what was asked for.
 */
export function refuseHead({ statusCode, headers }: Head): string | null {
  if (statusCode !== 200) return `HTTP ${statusCode} instead of 200`
  const encoding = headerText(headers['content-encoding'])
  if (encoding !== '' && encoding !== 'identity')
    return `Content encoding "${word(encoding)}" was not asked for`
  const [mediaType = '', ...parameters] = headerText(headers['content-type'])
    .split(';')
    .map((part) => part.trim())
  if (mediaType !== 'text/event-stream')
    return `Content type "${word(mediaType)}" instead of text/event-stream`
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset))
    return 'Event stream is not declared as UTF-8'
  return null
}

/** Longest wait a reply may ask for; whoever asks for more is given up within any budget (milliseconds). */
const RETRY_AFTER_MAX_MS = 3_600_000

/**
 * `Retry-After` in milliseconds: seconds, or a date measured against the reply's own `Date`, so that
 * no clock of ours is asked. Undefined when it is absent or cannot be read.
 */
export function readRetryAfterMs({ headers }: Pick<Head, 'headers'>): number | undefined {
  const asked = headerText(headers['retry-after'])
  const waitMs = /^\d{1,9}$/.test(asked)
    ? Number(asked) * 1_000
    : Date.parse(asked) - Date.parse(headerText(headers['date']))
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), RETRY_AFTER_MAX_MS)
}

function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.join(', ') : (value ?? '')).trim().toLowerCase()
}
