import type { Answer, GatewayError } from '../gateway/answer.ts'
import { endEvents, errorEvent, streamOf } from '../gateway/answer.ts'
import { REVISION_FACTS } from '../gateway/revisions.ts'
import type { Fault } from './fault.ts'
import { head, steps, tail } from './parts.ts'

const MESSAGE = 'stream disconnected before completion'

/** Errors the gateway reports inside a 200 stream, which then ends as if all were well. */
export const ERROR_FAULTS = {
  error_frame: {
    doc: 'an error frame, then usage, stop and `[DONE]`',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), ...errorEnd(answer, [mainError(answer)])]),
  },
  two_error_frames: {
    doc: 'an upstream error frame and an internal one, as the newest revision sends them',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), ...errorEnd(answer, [UPSTREAM, INTERNAL])]),
  },
  late_deltas: {
    doc: 'an error frame, and the answer goes on as if nothing had happened',
    positional: true,
    reply: ({ answer, at }) =>
      streamOf(answer, [...head(answer, at), { send: errorEvent(answer, mainError(answer)) }, ...tail(answer, at)]),
  },
  request_error: {
    doc: 'an error frame that blames the request',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), ...errorEnd(answer, [REQUEST])]),
  },
  backend_dies: {
    doc: 'an error frame; until the faults are cleared every later call gets comments only (revisions before R3)',
    positional: true,
    reply: ({ answer, at }) => ({
      ...streamOf(answer, [...head(answer, at), ...errorEnd(answer, [DEAD])]),
      ...(REVISION_FACTS[answer.revision].sharesBackend ? { afterwards: 'backend_dead' } : {}),
    }),
  },
} as const satisfies Record<string, Fault>

const UPSTREAM: GatewayError = { type: 'upstream', code: 'serverOverloaded', message: MESSAGE }
const INTERNAL: GatewayError = { message: MESSAGE, type: 'internal', code: 'codex_error' }
const DEAD: GatewayError = { ...INTERNAL, message: 'The backend process exited' }
const REQUEST: GatewayError = {
  message: 'The request cannot be served',
  type: 'invalid_request_error',
  code: 'bad_request',
}

/** A backend that will try again is reported once, and by the newest revision as what it is. */
function mainError({ revision }: Answer): GatewayError {
  return revision === 'R3' ? UPSTREAM : INTERNAL
}

function errorEnd(answer: Answer, errors: readonly GatewayError[]): { send: string }[] {
  return steps([...errors.map((error) => errorEvent(answer, error)), ...endEvents(answer)])
}
