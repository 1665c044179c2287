import { chunkEvent, choice, deltaEvents, stopEvent, streamOf } from '../gateway/answer.ts'
import { DONE } from '../gateway/replies.ts'
import type { Fault } from './fault.ts'
import { head, tail } from './parts.ts'

/** Streams that end where they should not, or pretend to have ended well. */
export const ENDING_FAULTS = {
  cut: {
    doc: 'the connection closes after a chunk, without the end of the body',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), 'cut']),
  },
  reset: {
    doc: 'the connection is reset after a chunk',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), { send: ': x\n\n' }, 'reset']),
  },
  cut_in_character: {
    doc: 'the connection closes inside a character of several bytes',
    positional: true,
    reply: ({ answer, at }) => {
      const event = Buffer.from(chunkEvent(answer, { choices: [choice({ content: '€' })] }))
      const inside = event.subarray(0, event.indexOf('€') + 1)
      return streamOf(answer, [...head(answer, at), { send: inside }, 'cut'])
    },
  },
  truncated_json: {
    doc: 'one event loses the second half of its JSON, the stream goes on',
    positional: true,
    reply: ({ answer, at }) => {
      const event = deltaEvents(answer)[at] ?? stopEvent(answer)
      const half = `${event.slice(0, Math.floor(event.length / 2))}\n\n`
      return streamOf(answer, [...head(answer, at), { send: half }, ...tail(answer, at + 1)])
    },
  },
  body_ends: {
    doc: 'the body ends properly, without stop and without `[DONE]`',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, head(answer, at)),
  },
  no_done: {
    doc: 'stop comes early and the body ends without `[DONE]`',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), { send: stopEvent(answer) }]),
  },
  done_without_stop: {
    doc: '`[DONE]` comes early and without a stop chunk',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), { send: DONE }]),
  },
  interrupted: {
    doc: 'stop and `[DONE]` come early: an interrupted turn, which looks like a finished one',
    positional: true,
    reply: ({ answer, at }) => streamOf(answer, [...head(answer, at), { send: stopEvent(answer) + DONE }]),
  },
} as const satisfies Record<string, Fault>
