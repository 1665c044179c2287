import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, onTestFinished, test, vi } from 'vitest'

import { startTracing } from './start-tracing.ts'

/** A collector that answers with `status`; tells its address and what it was sent. */
async function collector(status: number) {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => void bodies.push(text))
    request.on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end('{}'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies }
}

/** The exporter reads the environment of the process, so the test sets that. */
async function started(env: Record<string, string>) {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const said: (string | null)[] = []
  const tracing = await startTracing({ serviceName: 'ours', env, onExport: (complaint) => said.push(complaint) })
  return { tracing, said }
}

test('startTracing() sends what is queued when it is closed, under the name the environment gives', async () => {
  const { url, bodies } = await collector(200)
  const { tracing, said } = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SERVICE_NAME: 'theirs' })
  await tracing.tracer.span('last words', 'internal', () => Promise.resolve())
  expect(bodies).toEqual([])
  await tracing.close()
  expect(bodies.join('')).toMatch(/"theirs".*"last words"/)
  expect(bodies.join('')).not.toContain('"ours"')
  expect(said).toEqual([])
})

test('startTracing() cuts a text that is too long for a span', async () => {
  const { url, bodies } = await collector(200)
  const { tracing } = await started({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces` })
  await tracing.tracer.span('wordy', 'internal', async (span) => span.set({ text: 'x'.repeat(257) }))
  await tracing.close()
  expect(bodies.join('')).toContain(`"${'x'.repeat(256)}"`)
})

test('startTracing() says once that a collector refuses, and closes all the same', async () => {
  const { url } = await collector(401)
  const { tracing, said } = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: '1' })
  await tracing.tracer.span('one', 'internal', () => Promise.resolve())
  await vi.waitFor(() => expect(said).toHaveLength(1))
  await tracing.tracer.span('two', 'internal', () => Promise.resolve())
  await tracing.close()
  expect(said).toEqual([expect.any(String)])
})

test('startTracing() closes although a collector never answers', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close().closeAllConnections())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { tracing } = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: url })
  await tracing.tracer.span('unheard', 'internal', () => Promise.resolve())
  await tracing.close()
})

test('startTracing() with an endpoint that is no address says so and traces nothing', async () => {
  const { tracing, said } = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })
  expect(said).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT is not an http address'])
  expect(await tracing.tracer.span('nothing', 'internal', () => Promise.resolve(7))).toBe(7)
  await tracing.close()
})
