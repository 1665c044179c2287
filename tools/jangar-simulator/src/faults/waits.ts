import { deltaEvents, endEvents, streamOf } from '../gateway/answer.ts'
import type { Fault } from './fault.ts'
import { head, tail } from './parts.ts'

/** One token a second: too slow to be of use, never silent. */
const DRIP_MS = 1_000

/** Streams that go on too slowly or not at all. */
export const WAIT_FAULTS = {
  stall: {
    doc: 'the stream falls silent and stays open',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), 'hang']),
  },
  keepalives: {
    doc: 'only comments come from here on, for ever',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), 'keepalives']),
  },
  drip: {
    doc: 'from here on one event a second',
    positional: true,
    reply: ({ answer, at, scaled }) => {
      const waitMs = scaled(DRIP_MS)
      return streamOf(answer, [...head(answer, at), ...tail(answer, at).flatMap((step) => [{ waitMs }, step])])
    },
  },
  tiny_chunks: {
    doc: 'every byte from here on is a chunk of its own (legal)',
    positional: true,
    reply: ({ answer, at }) => {
      const bytes = Buffer.from([...deltaEvents(answer).slice(at), ...endEvents(answer)].join(''))
      const steps = Array.from(bytes, (byte) => ({ send: Uint8Array.of(byte) }))
      return streamOf(answer, [...head(answer, at), ...steps])
    },
  },
} as const satisfies Record<string, Fault>
