import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What a caller may call a request: a short plain word, so that it can stand in a log line and in an address. */
const SANE_ID = /^[\w.:-]{1,64}$/

/** The caller's `X-Request-Id` when it is sane, else a new id that no other replica gives. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && SANE_ID.test(given) ? given : `req-${randomBytes(8).toString('hex')}`
}
