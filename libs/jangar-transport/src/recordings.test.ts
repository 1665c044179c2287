import { afterEach, describe, expect, test } from 'vitest'

import { createJangarTransport } from './complete.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { createStreamReader } from './stream-reader.ts'
import type { FakeGateway } from './testing/fake-gateway.ts'
import { startFakeGateway } from './testing/fake-gateway.ts'
import type { Recording } from './testing/recordings.ts'
import { loadRecordings } from './testing/recordings.ts'

const recordings = loadRecordings()
const streams = recordings.filter((recording) => recording.isStream)

test.skipIf(recordings.length === 0)('loadRecordings() finds the whole set', () => {
  expect(recordings).toHaveLength(43)
  expect(streams).toHaveLength(38)
})

describe.skipIf(recordings.length === 0)('createStreamReader() on recorded streams', () => {
  test.each(streams)('assembles $id at its recorded chunks', (recording) => {
    expectAssembled(
      recording,
      recording.arrivals.map(([offset, length]) => recording.body.subarray(offset, offset + length)),
    )
  })

  test.each(streams)('assembles $id byte by byte', (recording) => {
    expectAssembled(
      recording,
      splitEvery(recording.body, () => 1),
    )
  })

  test.each(streams)('assembles $id at random splits', (recording) => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const random = seededRandom(seed)
      expectAssembled(
        recording,
        splitEvery(recording.body, () => 1 + Math.floor(random() * 97)),
      )
    }
  })
})

describe.skipIf(recordings.length === 0)('createJangarTransport() on recorded replies', () => {
  let gateway: FakeGateway | undefined
  afterEach(async () => gateway?.close())

  test.each(recordings.filter(({ id }) => id !== 's37-models'))(
    'settles $id by what the gateway meant',
    async (recording) => {
      const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...headers } = recording.headers
      const steps = recording.arrivals.map(([offset, length]) => ({
        send: recording.body.subarray(offset, offset + length),
      }))
      const held = recording.ended === 'recorder_timeout' ? (['hang'] as const) : []
      gateway = await startFakeGateway([{ status: recording.status, headers, steps: [...steps, ...held] }])
      const transport = createJangarTransport({
        chatUrl: gateway.chatUrl,
        limits: { attemptsMax: 1, stallMs: 300 },
      })
      const result = await transport.complete({ model: 'm', messages: [] }, { timeoutMs: 10_000 })
      await transport.close()

      expect(result.ok ? null : result.cause).toBe(expectedCause(recording))
      if (result.ok) expect(result.content).toBe(recording.expected.content)
      for (const error of recording.expected.errors)
        expect(result.ok ? '' : result.detail).toContain(error.code)
    },
  )
})

/**
 * Written from the facts of the wire, not from the code: status, body kind, error frames, then a
 * proper end.
 */
function expectedCause({ status, isStream, expected }: Recording): string | null {
  if (status >= 400) return 'gateway_http_error'
  if (!isStream) return 'gateway_protocol'
  if (expected.errors.length > 0) return 'gateway_error_frame'
  if (expected.done === true) return null
  return expected.frames === 0 ? 'gateway_stalled' : 'gateway_truncated'
}

function expectAssembled({ expected }: Recording, chunks: readonly Uint8Array[]): void {
  const { stream, push } = createStreamReader(DEFAULT_LIMITS)
  for (const chunk of chunks) push(chunk)
  expect(stream).toMatchObject({
    content: expected.content,
    reasoning: expected.reasoning,
    usage:
      expected.usage === null
        ? null
        : {
            promptTokens: expected.usage.prompt_tokens,
            completionTokens: expected.usage.completion_tokens,
            totalTokens: expected.usage.total_tokens,
          },
    finishReason: expected.finish_reason,
    done: expected.done,
    frames: expected.frames,
    keepalives: expected.keepalives,
    threadId: expected.thread_id,
    violation: null,
  })
  expect(stream.errors.map(({ code }) => code)).toEqual(expected.errors.map(({ code }) => code))
}

function splitEvery(body: Buffer, nextLength: () => number): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < body.length;) {
    const length = nextLength()
    chunks.push(body.subarray(at, at + length))
    at += length
  }
  return chunks
}

/** Mulberry32: small, seeded, good enough to choose split points. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
