import { deltaEvents, endEvents, streamOf } from '../gateway/answer.ts'
import type { Fault } from './fault.ts'

/** How long a restarting gateway is away, in milliseconds. */
const DOWN_MS = 1_000

/** Headers may legally wait for the first keepalive. */
const LATE_HEADERS_MS = 5_000

/** What goes wrong around the stream: the connection and its head. */
export const CONNECTION_FAULTS = {
  refused: {
    doc: 'the call is reset and the port refuses connections for a second, as when the gateway restarts',
    positional: false,
    reply: ({ scaled }) => ({ head: null, steps: ['reset'], afterwards: { downMs: scaled(DOWN_MS) } }),
  },
  reset_before_headers: {
    doc: 'the connection is reset before any header',
    positional: false,
    reply: () => ({ head: null, steps: ['reset'] }),
  },
  not_http: {
    doc: 'another protocol answers on the port',
    positional: false,
    reply: () => ({ head: null, steps: [{ send: 'SSH-2.0-OpenSSH_9.6\r\n' }] }),
  },
  headers_never: {
    doc: 'no byte ever comes',
    positional: false,
    reply: () => ({ head: null, steps: ['hang'] }),
  },
  headers_late: {
    doc: 'headers come after five seconds, then a whole answer (legal)',
    positional: false,
    reply: ({ answer, scaled }) => {
      const events = [...deltaEvents(answer), ...endEvents(answer)]
      const reply = streamOf(answer, events.map((send) => ({ send })))
      return { ...reply, steps: [{ waitMs: scaled(LATE_HEADERS_MS) }, ...reply.steps] }
    },
  },
} as const satisfies Record<string, Fault>
