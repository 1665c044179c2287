import { afterEach, expect, test } from 'vitest'

import { ApiRefusedError, ApiUnreachableError } from './errors.ts'
import type { ReviewBody } from './review-body.ts'
import { createReviewClient } from './review-client.ts'
import type { Answer, DeskApi } from './testing/desk-api.ts'
import { reviewAnswer, startDeskApi } from './testing/desk-api.ts'

const BODY = { request: {} } as ReviewBody

let api: DeskApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

test('postReview() reads the fields a scheduler acts on and ignores the rest', async () => {
  const body = { ...reviewAnswer({ verdict: 'adjust', reason: 'half', qty: '28', reducing: false }), extra: 1 }
  const attempt = await review({ status: 200, body })
  expect(attempt.reply).toMatchObject({ verdict: 'adjust', reason: 'half', decision: { qty: '14' } })
  expect(attempt.reply).not.toHaveProperty('extra')
})

test('postReview() has no reply on 503', async () => {
  expect((await review({ status: 503, body: {} })).reply).toBeNull()
})

test('postReview() has no reply when the deadline passes first', async () => {
  api = await startDeskApi(() => ({ status: 200, body: {} }))
  const client = createReviewClient({ apiUrl: api.url, connections: 1, timeoutMs: 0 })
  expect((await client.postReview(BODY)).reply).toBeNull()
  await client.close()
})

test.each([400, 409, 422, 429])('postReview() throws the problem of a %i', async (status) => {
  await expect(review({ status, body: { code: 'refused_here' } })).rejects.toThrow(ApiRefusedError)
  await expect(review({ status, body: { code: 'refused_here' } })).rejects.toThrow('refused_here')
})

test('postReview() names the field in which an answer breaks the contract', async () => {
  const wrong = { ...reviewAnswer({ verdict: 'maybe', reason: null, qty: '1', reducing: false }) }
  await expect(review({ status: 200, body: wrong })).rejects.toThrow(ApiUnreachableError)
  await expect(review({ status: 200, body: wrong })).rejects.toThrow('verdict')
})

test('postReview() throws when nothing listens', async () => {
  api = await startDeskApi()
  const { url } = api
  await api.close()
  const client = createReviewClient({ apiUrl: url, connections: 1 })
  await expect(client.postReview(BODY)).rejects.toThrow(ApiUnreachableError)
  await client.close()
})

async function review(answer: Answer) {
  await api?.close()
  api = await startDeskApi(() => answer)
  const client = createReviewClient({ apiUrl: api.url, connections: 1 })
  try {
    return await client.postReview(BODY)
  } finally {
    await client.close()
  }
}
