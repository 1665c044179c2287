import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

import { agentRunRequest } from '@torghut/contracts'
import { afterEach, expect, test } from 'vitest'

import { lanePlan } from '../agents/lane-plan.ts'
import { exampleInputs } from '../testing/example-inputs.ts'
import { runOf } from './lane-plan.ts'
import { postRun } from './post-run.ts'

const request = agentRunRequest(runOf(lanePlan(exampleInputs()), 'compile', new Date('2026-03-05T07:00:00Z')))
const servers: ReturnType<typeof createServer>[] = []
afterEach(() => servers.splice(0).forEach((server) => server.close()))

/** A review API that answers with these statuses, one a call, the last one for ever. */
async function serve(...statuses: (number | 'drop')[]) {
  const calls: { headers: IncomingMessage['headers']; body: string }[] = []
  const server = createServer((message, response) => {
    let body = ''
    message
      .on('data', (part) => (body += part))
      .on('end', () => {
        calls.push({ headers: message.headers, body })
        const status = statuses[Math.min(calls.length, statuses.length) - 1]
        if (typeof status !== 'number') return void message.socket.destroy()
        response.writeHead(status, status === 503 ? { 'retry-after': '0' } : {}).end('{"code":"said"}')
      })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { calls, apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const post = (apiUrl: string, deadlineMs = 5_000) =>
  postRun(request, { apiUrl, apiKey: 'key', deadlineMs, retryMs: 1 })

test.each([
  [201, 'created'],
  [200, 'repeated'],
  [409, 'under way'],
])('postRun() takes %i for %s', async (status, taken) => {
  const { apiUrl, calls } = await serve(status)
  expect(await post(apiUrl)).toBe(taken)
  expect(calls).toHaveLength(1)
  expect(calls[0]?.headers).toMatchObject({
    'idempotency-key': 'torghut-dspy-20260305T06-compile',
    authorization: 'Bearer key',
  })
  expect(JSON.parse(calls[0]?.body ?? '')).toEqual(request)
})

test('postRun() tries again after a lost connection, a full queue and a server that is away', async () => {
  const { apiUrl, calls } = await serve('drop', 429, 503, 500, 201)
  expect(await post(apiUrl)).toBe('created')
  expect(new Set(calls.map(({ body }) => body)).size).toBe(1)
  expect(calls).toHaveLength(5)
})

test.each([400, 401, 403, 404, 422])(
  'postRun() gives up at once at %i and says what was answered',
  async (status) => {
    const { apiUrl, calls } = await serve(status)
    await expect(post(apiUrl)).rejects.toThrow(
      `Run torghut-dspy-20260305T06-compile was not taken: ${status} {"code":"said"}`,
    )
    expect(calls).toHaveLength(1)
  },
)

test('postRun() gives up when its time is over', async () => {
  const { apiUrl } = await serve(503)
  await expect(post(apiUrl, 50)).rejects.toThrow(/was not taken: (503|no answer)/)
})
