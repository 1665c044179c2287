import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import { Problem } from '@torghut/contracts'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { brokenRequests } from './broken-requests.ts'
import { sendProblem } from './problems.ts'

let app: FastifyInstance
beforeAll(async () => {
  app = fastify({ ...brokenRequests, requestTimeout: 200, http: { connectionsCheckingInterval: 50 } })
  app.setErrorHandler((error, request, reply) => sendProblem(request, reply, error))
  app.setNotFoundHandler(() => {
    throw new Error('A fault of ours')
  })
  app.get('/v1/things/:id', async () => 'found')
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app.close()
})

/** Sends bytes as they are and reads until the server closes. */
async function exchange(request: string) {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(Buffer.from(request, 'latin1'))
  const answer = await text(socket)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body }
}

function get(path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`
}

const post = (headers: string, body: string) => `POST / HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n${body}`

test.each([
  ['an address that is no UTF-8', get('/v1/things/%ff'), 400, 'invalid_url', '/v1/things/%ff#req-'],
  ['an address with half an escape', get('/v1/things/%z'), 400, 'invalid_url', '/v1/things/%z#req-'],
  ['an id that is too long', get(`/v1/things/${'a'.repeat(500)}`), 414, 'url_too_long', `${'a'.repeat(245)}#req-`],
  ['a line that is no request', 'hello\r\n\r\n', 400, 'invalid_http', '*'],
  ['a method nobody knows', get('/').replace('GET', 'BREW'), 400, 'invalid_http', '*'],
  ['raw bytes in the address', get('/\xff'), 400, 'invalid_http', '*'],
  ['headers of 20 kB', get('/', `x-a: ${'a'.repeat(20_000)}\r\n`), 431, 'headers_too_large', '*'],
  ['an address of 20 kB', get(`/${'a'.repeat(20_000)}`), 431, 'headers_too_large', '*'],
  ['two lengths', post('content-length: 1\r\ncontent-length: 2', '{}'), 400, 'invalid_http', '*'],
  ['length and chunks', post('content-length: 1\r\ntransfer-encoding: chunked', '0\r\n\r\n'), 400, 'invalid_http', '*'],
  ['a request that never ends', 'GET / HTTP/1.1\r\nhost: x\r\n', 408, 'request_timeout', '*'],
  ['an address of another origin', get('http://elsewhere/a"b?c'), 500, 'internal', '/a%22b#req-'],
  ['an address that looks like a host', get('//elsewhere/a'), 500, 'internal', '/elsewhere/a#req-'],
])('a problem answers %s', async (_what, request, status, code, instance) => {
  const answer = await exchange(request)
  expect(answer).toMatchObject({ status, head: expect.stringContaining('content-type: application/problem+json') })
  const problem = Problem.parse(JSON.parse(answer.body))
  expect(problem).toMatchObject({ status, code, instance: expect.stringContaining(instance) })
  expect(problem.instance).toMatch(/^[\w/%.*-]*(#req-\w+)?$/)
})

test('a method that Fastify itself refuses is the caller’s fault, not ours', async () => {
  const answer = await exchange(get('/v1/things/1').replace('GET', 'QUERY'))
  expect(answer.status).toBe(400)
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'invalid_request' })
})
