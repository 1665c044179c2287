import { spawnSync } from 'node:child_process'
import { request as httpRequest } from 'node:http'
import { fileURLToPath } from 'node:url'

import { createJangarTransport } from '@torghut/jangar-transport'
import { loadRecordings } from '@torghut/jangar-transport/testing'
import { decodeAnswer, extractFramedAnswer } from '@torghut/programs'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'

import { handbook, nonceOf, promptFor } from './testing/prompts.ts'
import { realisticRequests, requestUnder } from './testing/requests.ts'
import { shapeOf } from './testing/shape.ts'
import type { SimulatorProcess } from './testing/start-process.ts'
import { startProcess } from './testing/start-process.ts'

const MODEL = 'gpt-5.3-codex-spark'
const trade = { 'content-type': 'application/json', 'x-trade-execution': 'torghut' }
const recordings = loadRecordings()

let simulator: SimulatorProcess
const extra: SimulatorProcess[] = []
beforeAll(async () => {
  simulator = await startProcess()
})
afterEach(async () => {
  for (const process of extra.splice(0)) await process.stop()
})
afterAll(async () => {
  await simulator.stop()
})

test('main says that it is simulated', async () => {
  const response = await fetch(`${simulator.url}/simulator`)
  expect(await response.json()).toMatchObject({ simulated: true, revision: 'R2' })
})

test('main lists its models in the shape of the gateway', async () => {
  const response = await fetch(`${simulator.url}/openai/v1/models`)
  const { created: _, ...spark } =
    ((await response.json()) as { data: Record<string, unknown>[] }).data[1] ?? {}
  expect(spark).toEqual({
    id: MODEL,
    object: 'model',
    owned_by: 'jangar',
    permission: [],
    root: MODEL,
    parent: null,
  })
})

test('main answers a review that the transport accepts and the program decodes', async () => {
  const transport = createJangarTransport({ chatUrl: `${simulator.url}/openai/v1/chat/completions` })
  const messages = promptFor(requestUnder('panic-volatility'), { added: handbook })
  const result = await transport.complete({ model: MODEL, messages }, { timeoutMs: 10_000 })
  await transport.close()
  expect(result).toMatchObject({
    ok: true,
    content: expect.stringMatching(/^\n<answer-/),
    trace: { attempts: 1 },
  })
  const framed = extractFramedAnswer(result.ok ? result.content : '', nonceOf(1))
  expect(framed.ok && decodeAnswer(framed.text)).toMatchObject({ ok: true, strictlyValid: true })
  expect(result.trace.usage).toMatchObject({
    promptTokens: expect.any(Number),
    completionTokens: expect.any(Number),
  })
})

test('main gives the same texts as another process with its seed, and other ones with another seed', async () => {
  const twin = await startExtra()
  const other = await startExtra('--seed', 'another')
  const texts = (url: string): Promise<string[]> =>
    Promise.all(
      realisticRequests(20).map(async (request) =>
        contentOf(await post(url, { messages: promptFor(request), stream: false })),
      ),
    )
  const own = await texts(simulator.url)
  expect(await texts(twin.url)).toEqual(own)
  expect(await texts(other.url)).not.toEqual(own)
})

test('main answers otherwise once the prompt states the rules', async () => {
  const ask = (added: string): Promise<string[]> =>
    Promise.all(
      realisticRequests(20).map(async (request) =>
        contentOf(await post(simulator.url, { messages: promptFor(request, { added }), stream: false })),
      ),
    )
  expect(await ask(handbook)).not.toEqual(await ask(''))
})

test.skipIf(recordings.length === 0)(
  'main frames a stream like the recorded gateway: members, their order, and the order of chunks',
  async () => {
    const recorded = recordings.find(({ id }) => id === 's02-one-delta-usage')!
    const response = await post(simulator.url, {
      messages: promptFor(requestUnder('ordinary-risk')),
      stream: true,
      stream_options: { include_usage: true },
    })
    const frames = (await response.text()).split('\n\n')
    const recordedFrames = recorded.body.toString().split('\n\n')
    const first = frames[0]!
    const [usage, stop, done, end] = frames.slice(-4)
    expect([first, usage, stop, done, end].map((frame) => shapeOf(frame!))).toEqual([
      shapeOf(recordedFrames[0]!),
      // The recorded turn had cached and reasoning tokens; both members are left out when there are none.
      shapeOf(recordedFrames[1]!)
        .replace(/"prompt_tokens_details":.*?\},"completion_tokens_details":\{.*?\}/, '')
        .replace('"number",}', '"number"}'),
      ...recordedFrames.slice(2).map(shapeOf),
    ])
    expect(response.headers.get('content-type')).toBe(recorded.headers['content-type'])
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const middle = frames.slice(1, -4)
    expect(middle.length).toBeGreaterThan(50)
    for (const frame of middle)
      expect(shapeOf(frame)).toBe(shapeOf(recordedFrames[0]!).replace(',"role":"string"', ''))
  },
)

test.skipIf(recordings.length === 0)('main shapes a whole answer like the recorded gateway', async () => {
  const recorded = JSON.parse(recordings.find(({ id }) => id === 's24-stream-false')!.body.toString()) as {
    usage: Record<string, unknown>
  }
  delete recorded.usage['prompt_tokens_details']
  delete recorded.usage['completion_tokens_details']
  const response = await post(simulator.url, {
    messages: promptFor(requestUnder('ordinary-risk')),
    stream: false,
  })
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(shapeOf(`data: ${await response.text()}`)).toBe(shapeOf(`data: ${JSON.stringify(recorded)}`))
})

test.skipIf(recordings.length === 0)('main refuses an unknown model like the recorded gateway', async () => {
  const recorded = recordings.find(({ id }) => id === 's21-unknown-model')!
  const response = await post(simulator.url, {
    model: 'gpt-5.3-codex-nano',
    messages: [{ role: 'user', content: 'x' }],
    stream: true,
  })
  expect(response.status).toBe(recorded.status)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(response.headers.has('content-length')).toBe(true)
  expect((await response.text()).split('\n\n').map(shapeOf)).toEqual(
    recorded.body.toString().split('\n\n').map(shapeOf),
  )
})

test('main sends no usage unless asked and refuses plainly when no stream was wanted', async () => {
  const stream = await post(simulator.url, { messages: [{ role: 'user', content: 'x' }], stream: true })
  expect(await stream.text()).not.toContain('usage')
  const refused = await post(simulator.url, {
    model: 'nobody',
    messages: [{ role: 'user', content: 'x' }],
    stream: false,
  })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({
    error: { type: 'invalid_request_error', code: 'model_not_found' },
  })
})

test('main refuses a body beyond its limit', async () => {
  const response = await fetch(`${simulator.url}/openai/v1/chat/completions`, {
    method: 'POST',
    body: 'x'.repeat(4 * 1024 * 1024 + 1),
  })
  expect(response.status).toBe(413)
})

test('main sends nothing before the first keepalive of a slow turn, and goes on when a client leaves', async () => {
  const slow = await startExtra('--first-token-ms', '5300')
  const body = { messages: [{ role: 'user', content: 'x' }], stream: true }
  const leaver = new AbortController()
  const left = post(slow.url, body, leaver.signal).catch(() => 'left')
  const text = await (await post(slow.url, body)).text()
  leaver.abort()
  await left
  expect(text.startsWith(': keepalive\n\ndata: {"id":')).toBe(true)
  expect((await fetch(`${slow.url}/simulator`)).status).toBe(200)
})

test('main paces its deltas', async () => {
  const paced = await startExtra('--delta-ms', '40')
  const chunks = await new Promise<number>((resolve, reject) => {
    const request = httpRequest(
      `${paced.url}/openai/v1/chat/completions`,
      { method: 'POST', headers: trade },
      (response) => {
        let count = 0
        response
          .on('data', () => (count += 1))
          .on('end', () => resolve(count))
          .on('error', reject)
      },
    )
    request
      .on('error', reject)
      .end(JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'x' }], stream: true }))
  })
  expect(chunks).toBeGreaterThan(5)
})

test('main ends with code 0 on SIGTERM, also while it streams', async () => {
  const busy = await startExtra('--delta-ms', '60000')
  const open = post(busy.url, { messages: [{ role: 'user', content: 'x' }], stream: true })
  await vi.waitFor(async () => expect((await open).status).toBe(200))
  expect(await busy.stop()).toBe(0)
  await expect((await open).text()).rejects.toThrow()
})

test('main refuses bad flags in one line with code 2', () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const { status, stderr, stdout } = spawnSync(process.execPath, [main, '--port', 'http'], {
    encoding: 'utf8',
  })
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: 'Cannot use --port "http": write a whole number from 0 to 65535\n',
  })
})

/** A process of one test, stopped after it whatever its end. */
async function startExtra(...args: string[]): Promise<SimulatorProcess> {
  const started = await startProcess(...args)
  extra.push(started)
  return started
}

function post(url: string, body: Record<string, unknown>, signal?: AbortSignal): Promise<Response> {
  const init = { method: 'POST', headers: trade, body: JSON.stringify({ model: MODEL, ...body }) }
  return fetch(`${url}/openai/v1/chat/completions`, signal === undefined ? init : { ...init, signal })
}

async function contentOf(response: Response): Promise<string> {
  const body = (await response.json()) as { choices: { message: { content: string } }[] }
  return body.choices[0]!.message.content
}
