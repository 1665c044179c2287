import type { GatewayCause } from '@torghut/contracts'

import type { GatewayError, Violation } from './assembler.ts'

/** Longest `detail` before the first bytes of a foreign body are added, in UTF-16 units. */
export const DETAIL_LENGTH_MAX = 300

/** Why an attempt failed and whether another one may do better. */
export interface Failure {
  cause: GatewayCause
  detail: string
  retryable: boolean
  /** How long the gateway asked to be left alone, in milliseconds. */
  retryAfterMs?: number | undefined
  /** The start of what came from something that is no gateway of ours. */
  sample?: Uint8Array | undefined
}

/**
 * Which failures may be tried again inside the budget: the world's, not the caller's. A stall is
 * not: a gateway that lost its backend hangs on every later call. HTTP errors and error frames
 * decide by status and type.
 */
const RETRYABLE: Readonly<Record<GatewayCause, boolean>> = {
  gateway_refused: true,
  gateway_reset: true,
  gateway_timeout: false,
  gateway_stalled: false,
  gateway_truncated: true,
  gateway_error_frame: true,
  gateway_http_error: false,
  gateway_protocol: false,
}

/**
 * Errors that end a connection which was open; anything else before the headers means there was
 * none.
 */
const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET'])

/** Our own pool was closed while the call ran; another attempt would meet the same. */
const CLOSED_CODES = new Set(['UND_ERR_CLOSED', 'UND_ERR_DESTROYED'])

/** The peer answered, but not in HTTP we accept; or our own request could not be written. */
const PROTOCOL_CODES =
  /^(HPE_|HTTPParserError|UND_ERR_HEADERS_OVERFLOW|UND_ERR_INVALID|UND_ERR_NOT_SUPPORTED|UND_ERR_REQ_)/

/** A failure of this cause with the retry rule of the table above. */
export function failure(cause: GatewayCause, detail: string): Failure {
  return { cause, detail, retryable: RETRYABLE[cause] }
}

/**
 * An exception before the headers: reset when the connection stood, protocol when the reply was no
 * HTTP, else refused.
 */
export function connectFailure(error: unknown): Failure {
  const code = errorCode(error)
  if (CLOSED_CODES.has(code))
    return { cause: 'gateway_reset', detail: 'The transport is closed', retryable: false }
  if (RESET_CODES.has(code)) return failure('gateway_reset', `Connection lost before the headers (${code})`)
  if (PROTOCOL_CODES.test(code))
    return { ...failure('gateway_protocol', `Exchange is not HTTP we accept (${code})`), sample: bytesOf(error) }
  return failure('gateway_refused', `No connection (${code})`)
}

/** A status of 400 or more. 429 and 5xx come from something in front of the gateway and may pass. */
export function httpFailure(
  status: number,
  errors: readonly GatewayError[],
  retryAfterMs?: number,
): Failure {
  const detail = `HTTP ${status}${errors.length > 0 ? ` ${nameErrors(errors)}` : ''}`
  return { cause: 'gateway_http_error', detail, retryable: status === 429 || status >= 500, retryAfterMs }
}

/**
 * A reply that cannot be our stream. One that names errors is the gateway's own and may pass; any other
 * comes from a stranger, whose first bytes are told.
 */
export function strangeReply(refusal: string, errors: readonly GatewayError[], sample: Uint8Array): Failure {
  if (errors.length === 0) return { ...failure('gateway_protocol', refusal), sample }
  const detail = `${refusal}, holding error ${nameErrors(errors)}`
  return { ...failure('gateway_protocol', detail), retryable: !blamesRequest(errors) }
}

/** A stream that broke its own rules; a damaged one may come through whole the next time. */
export function violationFailure({ kind, detail }: Violation): Failure {
  return { ...failure('gateway_protocol', detail), retryable: kind === 'broken' }
}

/** One or more error frames in a 200 stream; those about our own request would come again. */
export function errorFrameFailure(errors: readonly GatewayError[]): Failure {
  const detail = `Error frame ${nameErrors(errors)}`
  return { cause: 'gateway_error_frame', detail, retryable: !blamesRequest(errors) }
}

function blamesRequest(errors: readonly GatewayError[]): boolean {
  return errors.some((error) => error.type === 'invalid_request_error')
}

/** `type/code` of each error. The message is left out: gateways quote prompts and headers in it. */
export function nameErrors(errors: readonly GatewayError[]): string {
  return errors
    .slice(0, 3)
    .map(({ type, code }) => `${word(type)}/${word(code)}`)
    .join(', ')
}

/**
 * A short plain word as it came, anything else only as a remark, so that no foreign text travels in
 * a detail.
 */
export function word(text: string): string {
  return /^[A-Za-z0-9_.+/-]{1,48}$/.test(text) ? text : 'unreadable'
}

/**
 * What may leave in `detail`: at most 300 printable characters and never the key, should a gateway
 * echo it.
 */
export function safeDetail(detail: string, apiKey: string | null): string {
  const hidden = apiKey === null ? detail : detail.replaceAll(apiKey, '[hidden]')
  return hidden.replace(/[^\x20-\x7e]/g, '?').slice(0, DETAIL_LENGTH_MAX)
}

/** What the HTTP parser could not read, when it says so. */
function bytesOf(error: unknown): Uint8Array | undefined {
  if (typeof error !== 'object' || error === null || !('data' in error)) return undefined
  return typeof error.data === 'string' ? Buffer.from(error.data) : undefined
}

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return word(error.code)
  if ('cause' in error && error.cause !== undefined) return errorCode(error.cause)
  return 'name' in error && typeof error.name === 'string' ? word(error.name) : 'unknown'
}
