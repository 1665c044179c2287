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

/** True when the body is an event stream, whatever the status: errors travel that way too. */
export function isEventStream({ headers }: Head): boolean {
  return headerText(headers['content-type']).startsWith('text/event-stream')
}

function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.join(', ') : (value ?? '')).trim().toLowerCase()
}
