import type { ServerResponse } from 'node:http'

/** Stream headers as the gateway sends them; it names no charset. */
export const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  connection: 'keep-alive',
  'x-accel-buffering': 'no',
} as const

export const DONE = 'data: [DONE]\n\n'

/** Proves an open connection and nothing else. */
export const KEEPALIVE = ': keepalive\n\n'

export interface Refusal {
  /**
   * True sends the error as an event stream, which is what a caller of a stream gets even with
   * status 400.
   */
  asStream: boolean
  status: number
  code: string
  message: string
}

/** One JSON document as one event. */
export function eventOf(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

/** Refuses a request before any stream starts. Its length is known, so it is not chunked. */
export function sendError(response: ServerResponse, { asStream, status, code, message }: Refusal): void {
  const error = { error: { message, type: 'invalid_request_error', code } }
  const body = asStream ? eventOf(error) + DONE : JSON.stringify(error)
  const headers = asStream ? STREAM_HEADERS : { 'content-type': 'application/json' }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
