import { DEFAULT_LIMITS, createStreamReader } from '@torghut/jangar-transport'
import { loadRecordings } from '@torghut/jangar-transport/testing'
import { extractFramedAnswer, frameAnswer } from '@torghut/programs'
import { SAMPLE_NONCE } from '@torghut/programs/testing'
import { expect, test } from 'vitest'

const recordings = loadRecordings()
const streams = recordings.filter(({ isStream }) => isStream)

test.skipIf(recordings.length === 0)('the recordings cover all three revisions of the gateway', () => {
  const days = new Set(recordings.map(({ gatewayDate }) => gatewayDate))
  expect(days).toEqual(new Set(['2026-02-27', '2026-03-05', '2026-08-22']))
})

test.skipIf(recordings.length === 0).each(streams)('no answer is read from $id, which has no frame of ours', ({ body }) => {
  const { stream, push } = createStreamReader(DEFAULT_LIMITS)
  push(body)
  expect(extractFramedAnswer(stream.content, SAMPLE_NONCE)).toMatchObject({ ok: false, cause: 'answer_missing' })
})

test.skipIf(recordings.length === 0)('an answer of ours is read from the same text once it is there', () => {
  const noisy = streams.filter(({ expected }) => expected.class === 'noisy_ok')
  expect(noisy.length).toBeGreaterThan(5)
  for (const { expected } of noisy) {
    const framed = extractFramedAnswer(`${expected.content}${frameAnswer('{"own":true}', SAMPLE_NONCE)}`, SAMPLE_NONCE)
    expect(framed).toEqual({ ok: true, text: '{"own":true}', repaired: false })
  }
})
