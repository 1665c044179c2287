import { gzipSync } from 'node:zlib'

import { chunkEvent, choice, streamOf } from '../gateway/answer.ts'
import { STREAM_HEADERS } from '../gateway/replies.ts'
import type { Fault } from './fault.ts'
import { head } from './parts.ts'

const MIB = 1024 * 1024

/** Bytes that are too many or no text at all. */
export const EXCESS_FAULTS = {
  long_line: {
    doc: 'a line of 20 MB',
    positional: true,
    reply: ({ answer, at }) =>
      streamOf(answer, [...head(answer, at), { send: 'data: ' }, { flood: 'x'.repeat(MIB / 4), times: 80 }, 'hang']),
  },
  endless: {
    doc: 'deltas without end, as fast as they are taken',
    positional: true,
    reply: ({ answer, at }) => {
      const flood = chunkEvent(answer, { choices: [choice({ content: 'and so on '.repeat(50) })] })
      return streamOf(answer, [...head(answer, at), { flood, times: Number.POSITIVE_INFINITY }])
    },
  },
  not_utf8: {
    doc: 'bytes that are not UTF-8',
    positional: true,
    reply: ({ answer, at }) => {
      const event = Buffer.from(chunkEvent(answer, { choices: [choice({ content: '€' })] }))
      event[event.indexOf('€')] = 0xff
      return streamOf(answer, [...head(answer, at), { send: event }, 'hang'])
    },
  },
  gzip_bomb: {
    doc: 'a compressed body nobody asked for: 64 KB that would become 64 MB',
    positional: false,
    reply: () => ({
      head: { status: 200, headers: { ...STREAM_HEADERS, 'content-encoding': 'gzip' } },
      steps: [{ send: bomb() }],
    }),
  },
} as const satisfies Record<string, Fault>

let packed: Buffer | undefined

/** Made once, and only when somebody asks for it. */
function bomb(): Buffer {
  packed ??= gzipSync(Buffer.alloc(64 * MIB, ': x\n\n'))
  return packed
}
