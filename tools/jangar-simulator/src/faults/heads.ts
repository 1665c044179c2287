import type { Answer } from '../gateway/answer.ts'
import { deltaEvents, documentReply, endEvents, wholeDocument } from '../gateway/answer.ts'
import type { Reply } from '../gateway/reply.ts'
import { DONE, STREAM_HEADERS, eventOf } from '../gateway/replies.ts'
import type { Fault } from './fault.ts'
import { steps } from './parts.ts'

const ERROR = { message: 'stream disconnected before completion', type: 'internal', code: 'codex_error' }
const HTML_HEADERS = { 'content-type': 'text/html; charset=utf-8' }

/** Replies whose status or type is wrong, whatever their body holds: up to `at` deltas of a fine answer. */
export const HEAD_FAULTS = {
  wrong_content_type: {
    doc: 'a page: status 200, `text/html`, and a body that looks like a stream',
    positional: true,
    reply: ({ answer, at }) => ({ head: { status: 200, headers: HTML_HEADERS }, steps: body(answer, at) }),
  },
  json_error: {
    doc: 'status 200 with a JSON document that holds an error',
    positional: false,
    reply: () => documentReply(JSON.stringify({ error: ERROR })),
  },
  json_answer: {
    doc: 'status 200 with the answer as one JSON document, although a stream was asked for',
    positional: false,
    reply: ({ answer }) => documentReply(wholeDocument(answer)),
  },
  echo: {
    doc: 'something that is no gateway sends the request back, its authorisation first',
    positional: false,
    reply: ({ asked }) => ({
      head: { status: 200, headers: { 'content-type': 'text/plain' } },
      steps: [{ send: `${asked.headers['authorization']}\n${JSON.stringify(asked.headers)}\n${asked.body}` }],
    }),
  },
  error_400_stream: {
    doc: 'status 400 as an event stream, as the gateway refuses requests',
    positional: false,
    reply: () => {
      const error = { ...ERROR, type: 'invalid_request_error', code: 'model_not_found' }
      return { head: { status: 400, headers: STREAM_HEADERS }, steps: steps([eventOf({ error }), DONE]) }
    },
  },
  http_429: status(429, {}),
  http_429_retry_after: status(429, { 'retry-after': '1' }),
  http_500: status(500, {}),
  http_502: status(502, {}),
  http_503: status(503, {}),
  http_504: status(504, {}),
} as const satisfies Record<string, Fault>

function status(code: number, headers: Record<string, string>): Fault {
  const asks = headers['retry-after'] === undefined ? '' : ', with `Retry-After: 1`'
  return {
    doc: `status ${code}${asks}, and a body that looks like a stream`,
    positional: true,
    reply: ({ answer, at }) => ({
      head: { status: code, headers: { ...HTML_HEADERS, ...headers } },
      steps: body(answer, at),
    }),
  }
}

function body(answer: Answer, at: number): Reply['steps'] {
  return steps([...deltaEvents(answer).slice(0, at), ...endEvents(answer)])
}
