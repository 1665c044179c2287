import { loadRecordings } from '@torghut/jangar-transport/testing'
import type { Recording } from '@torghut/jangar-transport/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

import { REVISION_FACTS } from './gateway/revisions.ts'
import type { Revision } from './gateway/revisions.ts'
import { promptFor } from './testing/prompts.ts'
import { requestUnder } from './testing/requests.ts'
import { shapesOf } from './testing/shape.ts'
import type { SimulatorProcess } from './testing/start-process.ts'
import { startProcess } from './testing/start-process.ts'

const recordings = loadRecordings()
const messages = promptFor(requestUnder('ordinary-risk'))
const withUsage = { include_usage: true }

let simulator: SimulatorProcess
beforeAll(async () => {
  simulator = await startProcess('--time-scale', '0.01')
})
afterAll(async () => {
  await simulator.stop()
})

describe.skipIf(recordings.length === 0)('the simulator beside the recorded gateway', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['s02-one-delta-usage', 'revision=R2&deltas=1', { stream_options: withUsage }],
    ['s01-plain-one-delta', 'revision=R2&deltas=1', {}],
    ['s18-error-mid-stream', 'revision=R2&deltas=2&fault=error_frame@1', { stream_options: withUsage }],
    ['s19-error-before-content', 'revision=R2&fault=error_frame@0', {}],
    ['s34-interrupted-turn', 'revision=R2&deltas=2&fault=interrupted@1', {}],
    ['s38-backend-exit-mid-stream', 'revision=R2&deltas=2&fault=error_frame@1', {}],
    ['s11-rate-limits-after-answer', 'revision=R2&deltas=1&fault=limits_notice@1', { stream_options: withUsage }],
    ['s35-head-revision-usage', 'revision=R3&deltas=1&fault=limits_notice@1', { stream_options: withUsage }],
    ['s36-head-error-mid-stream', 'revision=R3&deltas=2&fault=two_error_frames@1', {}],
    ['s25-stream-false-strict-gateway', 'revision=R1', { stream: false }],
    ['s42-head-spark-model-gone', 'revision=R3', { model: 'gpt-5.3-codex-spark' }],
    ['s32-missing-model-trade-header', 'revision=R2', { model: undefined }],
    ['s31-schema-error', 'revision=R2', { stream_options: null }],
    ['s24-stream-false', 'revision=R2', { stream: false }],
    ['s26-stream-false-error-200', 'revision=R2&fault=json_error', { stream: false }],
  ])('answers as in %s', async (id, query, members) => {
    const recorded = recordings.find((recording) => recording.id === id)!
    const response = await ask(query, members)
    expect(shapesOf(eventsOf(await response.text()))).toEqual(shapesOf(eventsOf(recorded.body.toString())))
    expect(headOf(response.status, Object.fromEntries(response.headers))).toEqual(
      headOf(recorded.status, recorded.headers),
    )
    // One recorded refusal (s31) came chunked; every other document and refusal has its length.
    if ('content-length' in recorded.headers) expect(response.headers.has('content-length')).toBe(true)
  })

  test('sends headers at once in R3 and with the first comment before, as recorded', async () => {
    const silent = recordings.find(({ id }) => id === 's39-after-backend-exit')!
    expect(silent.body.toString()).toMatch(/^(: keepalive\n\n)+$/)
    const opening = async (revision: Revision): Promise<string> => {
      const response = await ask(`revision=${revision}&fault=stall@0`, {})
      const reader = response.body!.getReader()
      const opened = await Promise.race([
        reader.read().then(({ value }) => Buffer.from(value ?? []).toString()),
        new Promise<string>((resolve) => setTimeout(resolve, 300, 'silent')),
      ])
      await reader.cancel().catch(() => undefined)
      return opened
    }
    expect(await opening('R3')).toBe(': keepalive\n\n')
    for (const revision of ['R1', 'R2'] as const) expect(await opening(revision)).toBe('silent')
  })
})

test.each(['R1', 'R2'])('a backend that died in %s leaves comments only, until it is healed', async (revision) => {
  await (await ask(`revision=${revision}&fault=backend_dies@1`, {})).text()
  const silent = await ask(`revision=${revision}`, {}, AbortSignal.timeout(5_000))
  const reader = silent.body!.getReader()
  const seen: string[] = []
  while (seen.join('').length < 60) seen.push(Buffer.from((await reader.read()).value ?? []).toString())
  await reader.cancel()
  expect(seen.join('')).toMatch(/^(: keepalive\n\n)+$/)
  await fetch(`${simulator.url}/simulator/faults`, { method: 'DELETE' })
  expect(await (await ask(`revision=${revision}`, {})).text()).toContain('"finish_reason":"stop"')
})

test('a backend that died in R3 ends one call', async () => {
  expect(await (await ask('revision=R3&fault=backend_dies@1', {})).text()).toContain('codex_error')
  expect(await (await ask('revision=R3', {})).text()).not.toContain('codex_error')
})

test('the control page sets, shows and clears faults, and refuses what it does not know', async () => {
  const page = `${simulator.url}/simulator/faults`
  const put = (plan: unknown): Promise<Response> => fetch(page, { method: 'PUT', body: JSON.stringify(plan) })
  expect((await put({ script: ['meteor'] })).status).toBe(400)
  expect((await fetch(page, { method: 'PUT', body: '{' })).status).toBe(400)
  expect(await (await put({ script: ['http_503@3', 'ok'] })).json()).toEqual({ script: ['http_503@3', 'ok'], asked: 0 })
  expect((await ask('', {})).status).toBe(503)
  expect((await ask('', {})).status).toBe(200)
  expect(await (await fetch(page)).json()).toMatchObject({ asked: 2 })
  await put({ share: 1, kinds: ['http_502'] })
  expect((await ask('', {})).status).toBe(502)
  expect(await (await fetch(page, { method: 'DELETE' })).json()).toEqual({ script: [], asked: 0 })
  expect((await ask('', {})).status).toBe(200)
})

test('a gateway that restarts refuses connections for a while and comes back on its port', async () => {
  await expect(ask('fault=refused', {})).rejects.toThrow()
  await vi.waitFor(async () => expect((await ask('', {})).status).toBe(200), { timeout: 10_000 })
})

test.each([
  ['R1', 'gpt-5.3-codex'],
  ['R3', 'gpt-5.6-sol'],
])('main serves revision %s as a whole process', async (revision, model) => {
  const process = await startProcess('--revision', revision)
  try {
    const models = await (await fetch(`${process.url}/openai/v1/models`)).json()
    expect(models).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ id: model })]) })
    const described = await (await fetch(`${process.url}/simulator`)).json()
    expect(described).toMatchObject({ revision, models: expect.arrayContaining([model]) })
  } finally {
    await process.stop()
  }
})

function ask(query: string, members: Record<string, unknown>, signal?: AbortSignal): Promise<Response> {
  const revision = (new URLSearchParams(query).get('revision') ?? 'R2') as Revision
  const model = REVISION_FACTS[revision].models.at(-1)
  return fetch(`${simulator.url}/openai/v1/chat/completions?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-trade-execution': 'torghut' },
    body: JSON.stringify({ model, messages, stream: true, ...members }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** A document is compared like an event; recorded limit notices after the first are left out. */
function eventsOf(body: string): string {
  if (body.startsWith('{')) return `data: ${body}`
  const events = body.split('\n\n')
  const isNotice = (event: string): boolean => event.includes('Rate limits')
  const first = events.findIndex(isNotice)
  return events.filter((event, index) => !isNotice(event) || index === first).join('\n\n')
}

/** What of a head the revisions agree on. */
function headOf(status: number, headers: Recording['headers']): unknown {
  return {
    status,
    type: headers['content-type'],
    cache: headers['cache-control'],
    buffering: headers['x-accel-buffering'],
  }
}
