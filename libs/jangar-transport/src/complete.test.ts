import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'

import type { CompletionResult } from '@torghut/contracts'
import { afterEach, expect, test, vi } from 'vitest'

import type { JangarTransport, JangarTransportOptions } from './complete.ts'
import { createJangarTransport } from './complete.ts'
import type { FakeGateway, FakeReply } from './testing/index.ts'
import { deltaOf, doneLine, errorOf, startFakeGateway, stopOf, usageOf } from './testing/index.ts'

const request = {
  model: 'gpt-5.3-codex-spark',
  messages: [{ role: 'user', content: 'a prompt of its own' }],
} as const
const cleanStream = [deltaOf('\n{"a":'), deltaOf('1}'), usageOf(10, 5, 14), stopOf(), doneLine]
const clean: FakeReply = { steps: cleanStream.map((send) => ({ send })) }
const json = { 'content-type': 'application/json' }

/** Quick retries; every other limit as it is served. */
const quick = { backOffMs: 1, attemptMinMs: 1 }

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

test('complete() returns the text, the ids and the usage of a clean stream', async () => {
  const { gateway, transport } = await connect([clean])
  const result = await transport.complete(request, { timeoutMs: 5_000 })
  expect(result).toMatchObject({
    ok: true,
    content: '\n{"a":1}',
    trace: {
      attempts: 1,
      bytes: Buffer.byteLength(cleanStream.join('')),
      completionId: 'chatcmpl-fake',
      threadId: 'thread-fake',
      usage: { promptTokens: 10, completionTokens: 5, totalTokens: 14 },
    },
  })
  expect(result.trace.firstTokenMs).toBeLessThanOrEqual(result.trace.totalMs)
  expect(gateway.requests[0]?.headers).toMatchObject({
    'x-trade-execution': 'torghut',
    'accept-encoding': 'identity',
  })
  expect(gateway.requests[0]?.headers).not.toHaveProperty('authorization')
})

test('complete() sends the key as a bearer token when there is one', async () => {
  const { gateway, transport } = await connect([clean], { apiKey: 'secret-key' })
  await transport.complete(request, { timeoutMs: 5_000 })
  expect(gateway.requests[0]?.headers.authorization).toBe('Bearer secret-key')
})

test('complete() measures the first token by the clock it was given', async () => {
  let reading = 0
  const { transport } = await connect([clean], { now: () => (reading += 10) })
  const { trace } = await transport.complete(request, { timeoutMs: 60_000 })
  expect(trace.firstTokenMs).toBeGreaterThan(0)
  expect((trace.firstTokenMs ?? 0) % 10).toBe(0)
  expect(trace.totalMs).toBeGreaterThan(trace.firstTokenMs ?? 0)
})

test('complete() reports a refused connection after trying again', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const transport = open({ chatUrl: `http://127.0.0.1:${port}/openai/v1/chat/completions`, limits: quick })
  const result = await transport.complete(request, { timeoutMs: 5_000 })
  expect(result).toMatchObject({
    ok: false,
    cause: 'gateway_refused',
    detail: 'No connection (ECONNREFUSED)',
    trace: { attempts: 3 },
  })
})

test('complete() reports a name that does not resolve as refused', async () => {
  const transport = open({
    chatUrl: 'http://gateway.invalid/openai/v1/chat/completions',
    limits: { attemptsMax: 1 },
  })
  expect(causeOf(await transport.complete(request, { timeoutMs: 20_000 }))).toBe('gateway_refused')
})

test('complete() reports a socket reset before the headers', async () => {
  const { gateway, transport } = await connect([{ steps: ['reset'] }])
  expect(causeOf(await transport.complete(request, { timeoutMs: 5_000 }))).toBe('gateway_reset')
  expect(gateway.requests).toHaveLength(3)
})

test.each<[string, FakeReply, string, number]>([
  [
    'a body that ends without [DONE]',
    { steps: [{ send: deltaOf('x') }, { send: stopOf() }] },
    'gateway_truncated',
    3,
  ],
  [
    'a body that ends inside a line',
    { steps: [{ send: deltaOf('x').slice(0, 40) }] },
    'gateway_truncated',
    3,
  ],
  [
    'a socket reset inside the stream',
    { steps: [{ send: deltaOf('x') }, { waitMs: 50 }, 'reset'] },
    'gateway_truncated',
    3,
  ],
  ['[DONE] without a stop', { steps: [{ send: deltaOf('x') + doneLine }] }, 'gateway_truncated', 3],
  [
    'an error frame, whatever follows',
    { steps: [{ send: errorOf('internal', 'codex_error') + cleanStream.join('') }] },
    'gateway_error_frame',
    3,
  ],
  [
    'an error frame after text',
    { steps: [{ send: deltaOf('x') + errorOf('internal', 'codex_error') + stopOf() + doneLine }] },
    'gateway_error_frame',
    3,
  ],
  [
    'an error frame about the request',
    { steps: [{ send: errorOf('invalid_request_error', 'x') + doneLine }] },
    'gateway_error_frame',
    1,
  ],
  [
    '400 as an event stream',
    { status: 400, steps: [{ send: errorOf('invalid_request_error', 'model_not_found') + doneLine }] },
    'gateway_http_error',
    1,
  ],
  [
    '404 from a proxy',
    { status: 404, headers: { 'content-type': 'text/html' }, steps: [{ send: '<html>' }] },
    'gateway_http_error',
    1,
  ],
  ['429', { status: 429, steps: [] }, 'gateway_http_error', 3],
  ['503', { status: 503, steps: [] }, 'gateway_http_error', 3],
  [
    'JSON with an error and 200',
    { headers: json, steps: [{ send: '{"error":{"type":"internal","code":"codex_error"}}' }] },
    'gateway_protocol',
    3,
  ],
  [
    'JSON with an answer and 200',
    { headers: json, steps: [{ send: '{"choices":[]}' }] },
    'gateway_protocol',
    1,
  ],
  [
    'a page',
    { headers: { 'content-type': 'text/html' }, steps: cleanStream.map((send) => ({ send })) },
    'gateway_protocol',
    1,
  ],
  ['no content type', { headers: {}, steps: cleanStream.map((send) => ({ send })) }, 'gateway_protocol', 1],
  [
    'another charset',
    { headers: { 'content-type': 'text/event-stream; charset=latin1' }, steps: [] },
    'gateway_protocol',
    1,
  ],
  [
    'JSON with an error about the request and 200',
    { headers: json, steps: [{ send: '{"error":{"type":"invalid_request_error","code":"x"}}' }] },
    'gateway_protocol',
    1,
  ],
  [
    'a stream that goes on with another completion',
    { steps: [{ send: deltaOf('x') + deltaOf('y').replace('chatcmpl-fake', 'chatcmpl-other') }, 'hang'] },
    'gateway_protocol',
    3,
  ],
  ['a body that only claims to be a stream', { steps: [{ send: '<html>Sign in</html>\n\n' }] }, 'gateway_protocol', 1],
  ['201', { status: 201, steps: cleanStream.map((send) => ({ send })) }, 'gateway_protocol', 1],
  ['a redirect', { status: 302, headers: { location: '/elsewhere' }, steps: [] }, 'gateway_protocol', 1],
  [
    'compression nobody asked for',
    {
      headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' },
      steps: [{ send: gzipSync(cleanStream.join('')) }],
    },
    'gateway_protocol',
    1,
  ],
  [
    'a body declared compressed, even a plain one',
    {
      headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' },
      steps: cleanStream.map((send) => ({ send })),
    },
    'gateway_protocol',
    1,
  ],
  [
    'a line that never ends',
    { steps: [{ send: `data: ${'x'.repeat(1024 * 1024 + 1)}` }, 'hang'] },
    'gateway_protocol',
    1,
  ],
  [
    'bytes that are not UTF-8',
    { steps: [{ send: deltaOf('x') }, { send: Uint8Array.of(0x64, 0xff, 0xfe) }, 'hang'] },
    'gateway_protocol',
    3,
  ],
  [
    'a data line that is no JSON',
    { steps: [{ send: 'data: {"choices"\n\n' }, 'hang'] },
    'gateway_protocol',
    3,
  ],
])('complete() refuses %s', async (_, reply, cause, attempts) => {
  const { gateway, transport } = await connect([reply])
  const result = await transport.complete(request, { timeoutMs: 10_000 })
  expect(causeOf(result)).toBe(cause)
  expect(gateway.requests).toHaveLength(attempts)
  expect(result.trace.attempts).toBe(attempts)
  await vi.waitFor(() => expect(gateway.busyReplies()).toBe(0))
})

test('complete() accepts event streams that name their charset', async () => {
  const { transport } = await connect([
    { ...clean, headers: { 'content-type': 'Text/Event-Stream; charset=UTF-8' } },
  ])
  expect(await transport.complete(request, { timeoutMs: 5_000 })).toMatchObject({ ok: true })
})

test('complete() refuses a reply that is not HTTP', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.resume().end('SSH-2.0-OpenSSH_9.6\r\n')
  }).listen(0, '127.0.0.1')
  opened.push({ close: () => new Promise((resolve) => server.close(() => resolve())) })
  await once(server, 'listening')
  const transport = open({
    chatUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    limits: quick,
  })
  const result = await transport.complete(request, { timeoutMs: 5_000 })
  expect(causeOf(result)).toBe('gateway_protocol')
  expect(detailOf(result)).toContain('; it began "SSH-2.0-OpenSSH_9.6')
})

test('complete() tries again after 503 and a broken stream and returns the last answer only', async () => {
  const broken: FakeReply = { steps: [{ send: deltaOf('half of an ans') }] }
  const { transport } = await connect([{ status: 503, steps: [] }, broken, clean])
  const result = await transport.complete(request, { timeoutMs: 5_000 })
  expect(result).toMatchObject({ ok: true, content: '\n{"a":1}', trace: { attempts: 3 } })
  expect(result.trace.bytes).toBe(
    Buffer.byteLength(cleanStream.join('')) + Buffer.byteLength(deltaOf('half of an ans')),
  )
})

test('complete() does not try again when too little of the budget is left', async () => {
  const { gateway, transport } = await connect([{ status: 503, steps: [] }, clean], {
    limits: { attemptMinMs: 60_000 },
  })
  expect(causeOf(await transport.complete(request, { timeoutMs: 30_000 }))).toBe('gateway_http_error')
  expect(gateway.requests).toHaveLength(1)
})

test('complete() names type and code of a gateway error in its detail', async () => {
  const { transport } = await connect([
    { status: 400, steps: [{ send: errorOf('invalid_request_error', 'model_not_found') + doneLine }] },
  ])
  expect(detailOf(await transport.complete(request, { timeoutMs: 5_000 }))).toBe(
    'HTTP 400 invalid_request_error/model_not_found',
  )
})

test('complete() never puts the prompt or the key into a detail, even when the gateway echoes them', async () => {
  const echo = { send: errorOf('internal', 'secret-key', 'a prompt of its own secret-key') + doneLine }
  const replies: FakeReply[] = [
    { steps: [echo] },
    { status: 500, steps: [echo] },
    { headers: { 'content-type': 'secret-key' }, steps: [echo] },
  ]
  for (const reply of replies) {
    const { transport } = await connect([reply], { apiKey: 'secret-key' })
    const detail = detailOf(await transport.complete(request, { timeoutMs: 5_000 }))
    expect(detail).toContain('[hidden]')
    expect(detail).not.toContain('secret-key')
    expect(detail).not.toContain('prompt')
  }
})

test('complete() tells the first 200 bytes of a stranger, escaped and without the key', async () => {
  const page = `<p class="a">é secret-key\n${'x'.repeat(300)}`
  const told = `<p class=\\"a\\">\\xc3\\xa9 [hidden]\\n`
  for (const type of ['text/html', 'text/event-stream']) {
    const reply: FakeReply = { headers: { 'content-type': type }, steps: [{ send: page }] }
    const { transport } = await connect([reply], { apiKey: 'secret-key' })
    const result = await transport.complete(request, { timeoutMs: 5_000 })
    expect(causeOf(result)).toBe('gateway_protocol')
    expect(detailOf(result)).toContain(`; it began "${told}xxx`)
    expect(detailOf(result)).not.toContain('secret')
  }
})

test.each([
  ['1', 900, 1],
  ['0', 900, 2],
  ['Fri, 20 Nov 2026 11:47:03 GMT', 900, 1],
  ['Fri, 20 Nov 2026 11:47:02 GMT', 900, 2],
  ['soon', 900, 2],
])('complete() takes Retry-After "%s" for an order: within %d ms it asks %d times', async (asked, timeoutMs, times) => {
  const headers = { 'retry-after': asked, date: 'Fri, 20 Nov 2026 11:47:02 GMT' }
  const { gateway, transport } = await connect([{ status: 429, headers, steps: [] }, clean])
  const result = await transport.complete(request, { timeoutMs })
  expect(gateway.requests).toHaveLength(times)
  expect(causeOf(result)).toBe(times === 1 ? 'gateway_http_error' : 'ok')
})

test('complete() waits as long as Retry-After asks and then asks again', async () => {
  const { transport } = await connect([{ status: 503, headers: { 'retry-after': '1' }, steps: [] }, clean])
  const result = await transport.complete(request, { timeoutMs: 20_000 })
  expect(result).toMatchObject({ ok: true, trace: { attempts: 2 } })
  expect(result.trace.totalMs).toBeGreaterThanOrEqual(990)
})

test('complete() calls a stream stalled when nothing or only keepalives come', async () => {
  for (const step of ['hang', 'keepalives'] as const) {
    const { gateway, transport } = await connect([{ steps: [{ send: ': keepalive\n\n' }, step] }], {
      limits: { stallMs: 80 },
    })
    const result = await transport.complete(request, { timeoutMs: 20_000 })
    expect(result).toMatchObject({ ok: false, cause: 'gateway_stalled', trace: { attempts: 1 } })
    await vi.waitFor(() => expect(gateway.openSockets()).toBe(0))
  }
})

test('complete() lets data events restart the stall limit', async () => {
  const steps = [...'abcdef'].flatMap((letter) => [{ waitMs: 150 }, { send: deltaOf(letter) }])
  const { transport } = await connect([{ steps: [...steps, { send: stopOf() + doneLine }] }], {
    limits: { stallMs: 600 },
  })
  expect(await transport.complete(request, { timeoutMs: 20_000 })).toMatchObject({
    ok: true,
    content: 'abcdef',
  })
})

test('complete() does not count waiting for headers as a stall', async () => {
  const late: FakeReply = { ...clean, steps: [{ waitMs: 300 }, ...clean.steps] }
  const { transport } = await connect([late], { limits: { stallMs: 5_000 } })
  expect(await transport.complete(request, { timeoutMs: 20_000 })).toMatchObject({ ok: true })
})

test.each<[string, FakeReply]>([
  ['headers never come', { steps: ['hang'] }],
  ['keepalives never stop', { steps: ['keepalives'] }],
])('complete() ends at its deadline while %s and leaves no socket', async (_, reply) => {
  const { gateway, transport } = await connect([reply])
  const giveUp = new AbortController()
  const overshoot = sleep(20_000, 'overshoot' as const, { signal: giveUp.signal }).catch(
    () => 'overshoot' as const,
  )
  const first = await Promise.race([transport.complete(request, { timeoutMs: 150 }), overshoot])
  giveUp.abort()
  expect(first === 'overshoot' ? first : causeOf(first)).toBe('gateway_timeout')
  await vi.waitFor(() => expect(gateway.openSockets()).toBe(0))
})

test('complete() waits for no connect that hangs, at its deadline or when the caller aborts', async () => {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()).resume()).listen(0, '127.0.0.1')
  opened.push({ close: () => new Promise((resolve) => server.close(() => resolve())) })
  await once(server, 'listening')
  const chatUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const transport = open({ chatUrl, limits: { connectMs: 3_000 } })
  const late = sleep(2_000, 'late', { ref: false })
  const calls = [
    transport.complete(request, { timeoutMs: 100 }),
    transport.complete(request, { timeoutMs: 60_000, signal: AbortSignal.timeout(100) }),
  ]
  for (const call of calls) expect(await Promise.race([call.then(causeOf), late])).toBe('gateway_timeout')
})

test('complete() stops at once when the caller aborts, before and during a call', async () => {
  const { gateway, transport } = await connect([{ steps: [{ send: deltaOf('x') }, 'keepalives'] }])
  expect(causeOf(await transport.complete(request, { timeoutMs: 5_000, signal: AbortSignal.abort() }))).toBe(
    'gateway_timeout',
  )
  expect(gateway.requests).toHaveLength(0)

  const controller = new AbortController()
  const running = transport.complete(request, { timeoutMs: 60_000, signal: controller.signal })
  await vi.waitFor(() => expect(gateway.requests).toHaveLength(1))
  controller.abort()
  expect(detailOf(await running)).toBe('The caller ended the call')
  await vi.waitFor(() => expect(gateway.openSockets()).toBe(0))
})

test('complete() stops between attempts when the caller aborts', async () => {
  const { gateway, transport } = await connect([{ status: 503, steps: [] }], {
    limits: { backOffMs: 30_000, backOffMaxMs: 30_000 },
  })
  const controller = new AbortController()
  const running = transport.complete(request, { timeoutMs: 60_000, signal: controller.signal })
  await vi.waitFor(() => expect(gateway.busyReplies() + gateway.requests.length).toBe(1))
  controller.abort()
  expect(causeOf(await running)).toBe('gateway_timeout')
  expect(gateway.requests).toHaveLength(1)
})

test('complete() leaves no listener on the signal of its caller', async () => {
  const { transport } = await connect([clean])
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  await transport.complete(request, { timeoutMs: 5_000, signal })
  expect(added).toHaveBeenCalledTimes(1)
  expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
    added.mock.calls.map(([, listener]) => listener),
  )
})

test.each([0, -1, Number.NaN])('complete() with a budget of %d asks nobody', async (timeoutMs) => {
  const { gateway, transport } = await connect([clean])
  expect(causeOf(await transport.complete(request, { timeoutMs }))).toBe('gateway_timeout')
  expect(gateway.requests).toHaveLength(0)
})

test('complete() takes a budget longer than a timer can hold', async () => {
  const { transport } = await connect([clean])
  expect(await transport.complete(request, { timeoutMs: Number.POSITIVE_INFINITY })).toMatchObject({
    ok: true,
  })
})

test('complete() returns a finished answer although the body stays open after [DONE]', async () => {
  const { gateway, transport } = await connect([{ steps: [...clean.steps, 'keepalives'] }], {
    limits: { drainMs: 50 },
  })
  expect(await transport.complete(request, { timeoutMs: 20_000 })).toMatchObject({ ok: true })
  await vi.waitFor(() => expect(gateway.openSockets()).toBe(0))
})

test('complete() does not wait for ever after an error frame', async () => {
  const reply: FakeReply = { steps: [{ send: errorOf('upstream', 'serverOverloaded') }, 'keepalives'] }
  const { transport } = await connect([reply], { limits: { drainMs: 50, attemptsMax: 1 } })
  expect(causeOf(await transport.complete(request, { timeoutMs: 20_000 }))).toBe('gateway_error_frame')
})

test('complete() uses its connections again after calls that ended well', async () => {
  const { gateway, transport } = await connect([clean])
  for (let call = 0; call < 10; call += 1) await transport.complete(request, { timeoutMs: 5_000 })
  expect(gateway.requests).toHaveLength(10)
  // The body's end can be seen a moment before its socket is free, so the pool may take a second one.
  expect(gateway.openSockets()).toBeLessThanOrEqual(2)
})

test('close() ends running calls as failures without another try', async () => {
  const { gateway, transport } = await connect([{ steps: ['hang'] }])
  const running = transport.complete(request, { timeoutMs: 60_000 })
  await vi.waitFor(() => expect(gateway.requests).toHaveLength(1))
  await transport.close()
  expect(await running).toMatchObject({
    ok: false,
    cause: 'gateway_reset',
    detail: 'The transport is closed',
  })
  expect(gateway.requests).toHaveLength(1)
})

test('createJangarTransport() refuses an address or a key it could never use', () => {
  expect(() => createJangarTransport({ chatUrl: 'not an address' })).toThrowErrorMatchingInlineSnapshot(
    `[JangarSettingsError: Cannot use chatUrl: it is not an HTTP address]`,
  )
  expect(() =>
    createJangarTransport({ chatUrl: 'http://x', apiKey: 'a\nb' }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[JangarSettingsError: Cannot use apiKey: it holds characters no header can carry]`,
  )
  expect(() => createJangarTransport({ chatUrl: 'http://x', apiKey: 'k'.repeat(2_048) })).not.toThrow()
  expect(() =>
    createJangarTransport({ chatUrl: 'http://x', apiKey: 'k'.repeat(2_049) }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[JangarSettingsError: Cannot use apiKey: it is longer than 2048 characters]`,
  )
})

async function connect(
  script: readonly [FakeReply, ...FakeReply[]],
  options: Partial<JangarTransportOptions> = {},
): Promise<{ gateway: FakeGateway; transport: JangarTransport }> {
  const gateway = await startFakeGateway(script)
  opened.push(gateway)
  return {
    gateway,
    transport: open({ chatUrl: gateway.chatUrl, ...options, limits: { ...quick, ...options.limits } }),
  }
}

function open(options: JangarTransportOptions): JangarTransport {
  const transport = createJangarTransport(options)
  opened.push(transport)
  return transport
}

function causeOf(result: CompletionResult): string {
  return result.ok ? 'ok' : result.cause
}

function detailOf(result: CompletionResult): string {
  return result.ok ? '' : result.detail
}
