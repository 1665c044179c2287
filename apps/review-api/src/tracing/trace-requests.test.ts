import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { currentFacts, idleTracer } from '@torghut/telemetry'
import type { RequestSpan, SpanFacts, Tracer } from '@torghut/telemetry'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { requestIdOf } from './request-id.ts'
import { traceRequests } from './trace-requests.ts'

/** What the spans were told, in the order it happened. */
const told: string[] = []

/** Scopes are real; spans only write down what happens to them. */
const tracer: Pick<Tracer, 'openRequest'> = {
  openRequest(request): RequestSpan {
    const note = (what: string) => void (request.spanName !== null && told.push(`${request.spanName}: ${what}`))
    return {
      ...idleTracer().openRequest(request),
      set: ({ 'http.response.status_code': status }: SpanFacts) => (status === undefined ? undefined : note(String(status))),
      fail: (errorType) => note(errorType),
      end: () => note('end'),
    }
  },
}

let app: FastifyInstance
let port: number

beforeAll(async () => {
  app = fastify({ genReqId: requestIdOf })
  traceRequests(app, tracer as Tracer)
  app.setErrorHandler((_error, _request, reply) => reply.code(500).send(currentFacts()))
  app.post('/facts', { config: { scope: 'review' } }, () => Promise.resolve(currentFacts()))
  app.get('/slow', { config: { scope: 'read' } }, () => sleep(100, 'done'))
  app.get('/healthz', () => Promise.resolve(currentFacts()))
  await app.listen({ port: 0, host: '127.0.0.1' })
  port = (app.server.address() as AddressInfo).port
})
beforeEach(() => void told.splice(0))
afterAll(() => app.close())

function open(method: string, path: string) {
  const headers = { 'content-type': 'application/json', 'x-request-id': 'mine' }
  return httpRequest({ port, host: '127.0.0.1', method, path, headers })
}

async function answerOf(sent: ReturnType<typeof open>): Promise<unknown> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  expect(answer.headers['x-request-id']).toBe('mine')
  const chunks = (await answer.setEncoding('utf8').toArray()) as string[]
  return JSON.parse(chunks.join(''))
}

test('traceRequests() keeps the scope of a request whose body comes late', async () => {
  const sent = open('POST', '/facts')
  sent.write('{"a":')
  await sleep(50)
  sent.end('1}')
  expect(await answerOf(sent)).toEqual({ requestId: 'mine' })
  await vi.waitFor(() => expect(told).toEqual(['POST /facts: 200', 'POST /facts: end']))
})

test('traceRequests() keeps the scope of a body that cannot be read, and a 500 fails its span', async () => {
  const sent = open('POST', '/facts')
  sent.write('{"a":')
  await sleep(50)
  sent.end('}')
  expect(await answerOf(sent)).toEqual({ requestId: 'mine' })
  await vi.waitFor(() => expect(told).toEqual(['POST /facts: 500', 'POST /facts: 500', 'POST /facts: end']))
})

test('traceRequests() ends the span of a caller that went away, once', async () => {
  const sent = open('GET', '/slow')
  sent.on('error', () => undefined).end()
  await once(sent, 'finish')
  await sleep(20)
  sent.destroy()
  await vi.waitFor(() => expect(told).toEqual(['GET /slow: client_gone', 'GET /slow: end']))
})

test('traceRequests() names requests of open routes in the log and makes no span of them', async () => {
  const sent = open('GET', '/healthz')
  sent.end()
  expect(await answerOf(sent)).toEqual({ requestId: 'mine' })
  expect(told).toEqual([])
})
