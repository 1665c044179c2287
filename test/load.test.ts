import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { exampleSubmission } from '@torghut/contracts/testing'
import { freePort } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startFleet, startSimulator, until } from './support/fleet.ts'
import type { Fleet } from './support/fleet.ts'
import { heapAfterCollection } from './support/heap.ts'
import { getJson, postJson } from './support/running-stack.ts'

/** How many program runs one process has open at once, and what we ask of it. */
const IN_FLIGHT_MAX = 64
const CALLERS = 10 * IN_FLIGHT_MAX

/** Two nodes of the committee ask side by side, so a run that waits for the gateway holds two calls. */
const HELD_CALLS = 2 * IN_FLIGHT_MAX

/** What callers of the sustained load ask for. */
const DEADLINE_MS = 10_000

/** A program waits this long for a held gateway: longer than the slowest machine needs for a few hundred reviews. */
const PROGRAM_SECONDS = 60

/** A proof loads for a minute; here a few seconds show the same order of things. */
const LOAD_SECONDS = Number(process.env['TORGHUT_LOAD_SECONDS'] || 4)

let simulator: KeptProcess
let gateway: Awaited<ReturnType<typeof startHoldingGateway>>
let fleet: Fleet
let api = ''

beforeAll(async () => {
  const port = await freePort()
  simulator = await startSimulator(port)
  gateway = await startHoldingGateway(`http://127.0.0.1:${port}`)
  const env = { LLM_DSPY_TIMEOUT_SECONDS: String(PROGRAM_SECONDS) }
  fleet = await startFleet(2, gateway.url, env, ['--inspect=127.0.0.1:0'])
  api = fleet.apis[1] ?? ''
}, 120_000)
afterAll(async () => {
  gateway?.release()
  await fleet?.stop()
  gateway?.server.close()
  await simulator?.stop()
}, 60_000)

test('ten times the bound: the bound is asked, and everybody else is told overloaded while it still waits', { timeout: 90_000 }, async () => {
  gateway.hold()
  const asked = Array.from({ length: IN_FLIGHT_MAX }, () => timedReview())
  await until(30_000, async () => gateway.held(), (held) => held === HELD_CALLS)
  const rest = (await everyCaller(IN_FLIGHT_MAX, () => repeated(9))).flat()
  expect(rest).toHaveLength(CALLERS - IN_FLIGHT_MAX)
  expect(new Set(rest.map(outcomeOf))).toEqual(new Set(['overloaded']))
  expect(gateway.held()).toBe(HELD_CALLS)
  say(`one caller with the bound used up: overloaded after ${inWords(await repeated(50))}`)
  gateway.release()
  expect(new Set((await Promise.all(asked)).map(outcomeOf))).toEqual(new Set(['program']))
  const answer = rest[0]?.answer
  expect(answer).toMatchObject({ verdict: 'veto', usage: null, fallback: { detail: `${IN_FLIGHT_MAX} reviews of this process may ask a program at once` } })
  expect((await getJson(`${api}/v1/reviews/${answer?.review_id}`)).body).toEqual(answer)
})

test('the place of a finished run is free for the next one', async () => {
  expect(outcomeOf(await timedReview())).toBe('program')
})

test('sustained load of ten times the bound: alive, in time, and memory comes back', { timeout: (LOAD_SECONDS + 90) * 1000 }, async () => {
  await load(2)
  const heapBefore = await settledHeap()
  const timed = await load(LOAD_SECONDS)
  const heapAfter = await settledHeap()
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  say(`${LOAD_SECONDS} s of ${CALLERS} callers: ${JSON.stringify(countBy(timed, outcomeOf))}, ${inWords(timed)}`)
  say(`heap after collection: ${megabytes(heapBefore)} before, ${megabytes(heapAfter)} after`)
  expect(timed.length).toBeGreaterThan(CALLERS)
  expect(timed.filter(({ tookMs }) => tookMs > DEADLINE_MS)).toEqual([])
  expect(Object.keys(countBy(timed, outcomeOf))).toEqual(expect.arrayContaining(['program', 'overloaded']))
  expect(timed.map(outcomeOf).filter((outcome) => !['program', 'overloaded', 'nothing_recorded'].includes(outcome))).toEqual([])
  expect(heapAfter).toBeLessThan(heapBefore * 1.1)
  expect(outcomeOf(await timedReview())).toBe('program')
  const { status, body } = await getJson(`${api}/readyz`)
  expect(status).toBe(200)
  // This replica was given no key to sign checkpoints with, and says so.
  expect((body['reasons'] as { name: string }[]).map(({ name }) => name)).toEqual(['checkpoints'])
})

interface Timed {
  status: number
  answer: Record<string, unknown> & { fallback?: { cause: string } | null; code?: string }
  tookMs: number
}

async function timedReview(headers: Record<string, string> = {}): Promise<Timed> {
  const body = { ...exampleSubmission(), trade_decision_id: crypto.randomUUID() }
  const startedAt = performance.now()
  const { status, body: answer } = await postJson(`${api}/v1/reviews`, body, headers)
  return { status, answer, tookMs: performance.now() - startedAt }
}

/** `program` when it answered, else the cause of the fallback, else the code of the problem. */
function outcomeOf({ status, answer }: Timed): string {
  return status === 200 ? (answer.fallback?.cause ?? 'program') : (answer.code ?? String(status))
}

const everyCaller = <T>(callers: number, work: () => Promise<T>) => Promise.all(Array.from({ length: callers }, work))

async function repeated(times: number): Promise<Timed[]> {
  const timed: Timed[] = []
  while (timed.length < times) timed.push(await timedReview())
  return timed
}

/** Every caller posts one decision after the other; the gateway takes its time, so that places run out. */
async function load(seconds: number): Promise<Timed[]> {
  gateway.delay(500)
  const endsAt = performance.now() + seconds * 1000
  const timed = await everyCaller(CALLERS, async () => {
    const own: Timed[] = []
    while (performance.now() < endsAt) own.push(await timedReview({ 'x-deadline-ms': String(DEADLINE_MS) }))
    return own
  })
  gateway.release()
  return timed.flat()
}

/** The heap once sockets and timers of the load are gone. */
async function settledHeap(): Promise<number> {
  await sleep(6_000)
  return heapAfterCollection(fleet.logs[0] ?? [])
}

function countBy<T>(items: readonly T[], name: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[name(item)] = (counts[name(item)] ?? 0) + 1
  return counts
}

/** Figures are printed and never asserted: they are the machine's as much as ours. */
function inWords(timed: readonly Timed[]): string {
  const sorted = timed.map(({ tookMs }) => Math.round(tookMs)).toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`
}

const say = (line: string) => process.stdout.write(`load: ${line}\n`)

/** Stands before the simulator: holds completions until they are released, or for a fixed time each. */
async function startHoldingGateway(simulatorUrl: string) {
  const waiting: (() => void)[] = []
  let mode: 'open' | 'hold' | number = 'open'
  const server: Server = createServer((request, answer) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', async () => {
      if (request.method === 'POST' && typeof mode === 'number') await sleep(mode)
      if (request.method === 'POST' && mode === 'hold') {
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      const init = request.method === 'POST' ? { method: 'POST', body: Buffer.concat(chunks), headers: { 'content-type': 'application/json' } } : {}
      const passed = await fetch(`${simulatorUrl}${request.url}`, init).catch(() => null)
      if (passed === null) return void answer.destroy()
      answer.writeHead(passed.status, { 'content-type': passed.headers.get('content-type') ?? 'text/plain' })
      answer.end(Buffer.from(await passed.arrayBuffer()))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    hold: () => void (mode = 'hold'),
    delay: (ms: number) => void (mode = ms),
    held: () => waiting.length,
    release: () => {
      mode = 'open'
      for (const go of waiting.splice(0)) go()
    },
  }
}
