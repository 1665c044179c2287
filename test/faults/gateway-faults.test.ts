import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

import type { CompletionResult } from '@torghut/contracts'
import { createJangarTransport } from '@torghut/jangar-transport'
import type { TransportLimits } from '@torghut/jangar-transport'
import { afterEach, expect, test, vi } from 'vitest'

import { startSimulatorProcess } from './support/simulator-process.ts'
import type { SimulatorProcess } from './support/simulator-process.ts'

/** A test may only ask for a loose bound. */
const OVERSHOOT_LOOSE_MS = 1_000

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

test('a gateway that restarts quickly costs a retry, not the answer', async () => {
  const { chatUrl } = await simulate('--time-scale', '0.1')
  const result = await call(chatUrl('fault=refused&case=quick'), 6_000)
  expect(result).toMatchObject({ ok: true })
  expect(result.trace.attempts).toBeGreaterThan(1)
})

test('a gateway that restarts slowly is refused, and serves again once it is back', async () => {
  const { chatUrl } = await simulate('--time-scale', '1')
  expect(causeOf(await call(chatUrl('fault=refused&case=slow'), 2_500, { backOffMs: 10 }))).toBe('gateway_refused')
  await vi.waitFor(async () => expect(causeOf(await call(chatUrl(''), 2_500))).toBe('ok'), { timeout: 10_000 })
})

test.each(['R1', 'R2'])('after the backend of %s died, calls end by deadline or stall limit', async (revision) => {
  const { chatUrl } = await simulate('--revision', revision, '--time-scale', '0.05')
  const dying = await call(chatUrl('fault=backend_dies@7&case=a'), 2_500, { attemptsMax: 1 })
  expect(causeOf(dying)).toBe('gateway_error_frame')
  expect(causeOf(await call(chatUrl(''), 700))).toBe('gateway_timeout')
  expect(causeOf(await call(chatUrl(''), 5_000, { stallMs: 600 }))).toBe('gateway_stalled')
})

test('after the backend of R3 died, the next attempt is served', async () => {
  const { chatUrl } = await simulate('--revision', 'R3')
  const result = await call(chatUrl('fault=backend_dies@7&case=a'), 5_000, {}, 'gpt-5.6-sol')
  expect(result).toMatchObject({ ok: true, trace: { attempts: 2 } })
})

test('headers that take five seconds are waited for, and the answer is read', async () => {
  const { chatUrl } = await simulate()
  const result = await call(chatUrl('fault=headers_late'), 15_000)
  expect(result).toMatchObject({ ok: true, trace: { attempts: 1 } })
  expect(result.trace.firstTokenMs).toBeGreaterThan(4_900)
})

test('a port nobody listens on is refused', async () => {
  const server = createServer()
  const port = await listen(server)
  server.close()
  expect(causeOf(await call(`http://127.0.0.1:${port}/`, 2_500))).toBe('gateway_refused')
})

test('a name that does not resolve is refused, or runs into the deadline where resolvers are slow', async () => {
  const cause = causeOf(await call('http://gateway.invalid/', 2_500))
  expect(['gateway_refused', 'gateway_timeout']).toContain(cause)
})

test('TLS on a plain port is refused', async () => {
  const { url } = await simulate()
  const result = await call(url.replace('http:', 'https:'), 5_000, { attemptsMax: 1 })
  expect(causeOf(result)).toMatch(/gateway_(refused|reset)/)
})

test('a TLS server that shares no cipher with us is refused', async () => {
  const server = createTlsServer({ ciphers: 'PSK', pskCallback: () => null, maxVersion: 'TLSv1.2' })
  server.on('tlsClientError', () => undefined)
  const port = await listen(server)
  const result = await call(`https://127.0.0.1:${port}/`, 5_000, { attemptsMax: 1 })
  expect(causeOf(result)).toMatch(/gateway_(refused|reset)/)
})

test('a TLS handshake that never ends is bounded by the connect limit and by the deadline', async () => {
  const port = await listen(createServer((socket) => socket.on('error', () => undefined)))
  const url = `https://127.0.0.1:${port}/`
  expect(causeOf(await call(url, 10_000, { connectMs: 300, attemptsMax: 1 }))).toBe('gateway_refused')
  expect(causeOf(await call(url, 700))).toBe('gateway_timeout')
})

async function simulate(...args: string[]): Promise<SimulatorProcess> {
  const simulator = await startSimulatorProcess(...args)
  opened.push({ close: () => simulator.stop() })
  return simulator
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({ close: () => server.close() })
  return (server.address() as AddressInfo).port
}

/** A call that has to end inside its deadline, whatever it meets. */
async function call(
  chatUrl: string,
  timeoutMs: number,
  limits: Partial<TransportLimits> = {},
  model = 'gpt-5.3-codex-spark',
): Promise<CompletionResult> {
  const transport = createJangarTransport({ chatUrl, limits })
  opened.push(transport)
  const startedMs = performance.now()
  const result = await transport.complete({ model, messages: [{ role: 'user', content: 'x' }] }, { timeoutMs })
  expect(performance.now() - startedMs).toBeLessThanOrEqual(timeoutMs + OVERSHOOT_LOOSE_MS)
  return result
}

function causeOf(result: CompletionResult): string {
  return result.ok ? 'ok' : result.cause
}
