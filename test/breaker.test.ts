import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

import type { ReviewAnswer } from '@torghut/contracts'
import { freePort } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { review, startFleet, startSimulator, until } from './support/fleet.ts'
import type { Fleet } from './support/fleet.ts'
import { getJson } from './support/running-stack.ts'

/** Long enough for a busy machine to tell intervals apart, short enough to see several. */
const COOLDOWN_MS = 3_000

/** An opened breaker is seen everywhere within this (design), doubled for a busy machine. */
const SEEN_WITHIN_MS = 2 * 2_000

/** A replica's successes have reached the fleet after this: twice the interval they are sent in. */
const REPORTED_WITHIN_MS = 2_000

let port = 0
let simulator: KeptProcess
let fleet: Fleet

beforeAll(async () => {
  port = await freePort()
  simulator = await startSimulator(port)
  fleet = await startFleet(3, `http://127.0.0.1:${port}`, { LLM_CIRCUIT_COOLDOWN_SECONDS: String(COOLDOWN_MS / 1000) })
}, 120_000)
afterAll(async () => {
  await fleet?.stop()
  await simulator?.stop()
}, 60_000)

const causeOf = ({ fallback }: ReviewAnswer) => fallback?.cause ?? null

/** One review at every replica, at the same time. */
const causesEverywhere = async () => (await Promise.all(fleet.apis.map((api) => review(api)))).map(causeOf)

const everywhere = (cause: string | null) => fleet.apis.map(() => cause)

async function circuits() {
  const statuses = await Promise.all(fleet.apis.map((api) => getJson(`${api}/trading/status`)))
  return statuses.map(({ body }) => (body['llm'] as { circuit: { open: boolean; recent_error_count: number } }).circuit)
}

const metricsOf = async (api: string) => (await fetch(`${api}/metrics`)).text()

test('a dead gateway opens the breaker of all replicas at the third failure of the fleet', { timeout: 60_000 }, async () => {
  expect(await causesEverywhere()).toEqual(everywhere(null))
  // Successes are reported once a second. One that the fleet hears of late would break up the failures in a row.
  await sleep(REPORTED_WITHIN_MS)
  await simulator.stop()
  for (const api of fleet.apis) expect(causeOf(await review(api))).toBe('gateway_refused')
  await until(SEEN_WITHIN_MS, circuits, (seen) => seen.every(({ open }) => open))
  expect(await causesEverywhere()).toEqual(everywhere('breaker_open'))
  for (const api of fleet.apis) expect(await metricsOf(api)).toMatch(/^torghut_trading_llm_circuit_open_total [1-9]/m)
})

test('one probe an interval goes out of the whole fleet while the gateway is dead', { timeout: 60_000 }, async () => {
  const calls: number[] = []
  const listener = await countingGateway(calls)
  const endsAt = performance.now() + 4 * COOLDOWN_MS
  const causes = await Promise.all(fleet.apis.flatMap((api) => [api, api]).map((api) => reviewsUntil(api, endsAt)))
  await closed(listener)
  const gaps = calls.slice(1).map((at, index) => at - (calls[index] ?? 0))
  expect(calls.length).toBeGreaterThanOrEqual(2)
  expect(gaps.filter((gap) => gap < COOLDOWN_MS)).toEqual([])
  expect(causes.flat().filter((cause) => cause === 'gateway_http_error')).toHaveLength(calls.length)
  expect(new Set(causes.flat())).toEqual(new Set(['gateway_http_error', 'breaker_open']))
})

test('the breaker closes everywhere once a probe found the gateway well again', { timeout: 60_000 }, async () => {
  simulator = await startSimulator(port)
  const healthy = (causes: (string | null)[]) => causes.every((cause) => cause === null)
  await until(COOLDOWN_MS + SEEN_WITHIN_MS, causesEverywhere, healthy)
  expect(await circuits()).toMatchObject(fleet.apis.map(() => ({ open: false, recent_error_count: 0 })))
})

test('every review the breaker refused says so in its row: which breaker, and until when', async () => {
  const { body } = await getJson(`${fleet.apis[0]}/v1/reviews?fallback_cause=breaker_open&limit=500`)
  const rows = body['items'] as ReviewAnswer[]
  const key = `gateway http://127.0.0.1:${port} gpt-5.3-codex-spark`
  expect(rows.length).toBeGreaterThan(3)
  for (const row of rows) {
    expect(row).toMatchObject({ verdict: 'veto', usage: null, fallback: { cause: 'breaker_open' } })
    expect(row.fallback?.detail).toMatch(new RegExp(`^The breaker of "${key}" (is|was) open until \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z`))
  }
})

test('each replica has a breaker of its own while the shared one cannot be used, and tells it afterwards', { timeout: 60_000 }, async () => {
  const [first = '', second = ''] = fleet.apis
  const locker = new pg.Client({ connectionString: fleet.stack.database })
  await locker.connect()
  try {
    await locker.query('BEGIN; LOCK TABLE breaker_states IN ACCESS EXCLUSIVE MODE')
    await simulator.stop()
    const alone = [await review(first), await review(first), await review(first), await review(first)].map(causeOf)
    expect(alone).toEqual(['gateway_refused', 'gateway_refused', 'gateway_refused', 'breaker_open'])
    expect(causeOf(await review(second))).toBe('gateway_refused')
  } finally {
    await locker.end()
  }
  await until(SEEN_WITHIN_MS + COOLDOWN_MS, circuits, (seen) => seen.every(({ open }) => open))
})

/** Answers every call with an error that is not worth a second attempt, and notes when it came. */
async function countingGateway(calls: number[]): Promise<Server> {
  const server = createServer((request, answer) => {
    if (request.method === 'POST') calls.push(performance.now())
    request.resume()
    answer.writeHead(400, { 'content-type': 'application/json', connection: 'close' }).end('{"error":{"message":"dead"}}')
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

const closed = (server: Server) => new Promise((resolve) => server.close(resolve))

async function reviewsUntil(api: string, endsAt: number): Promise<(string | null)[]> {
  const causes: (string | null)[] = []
  while (performance.now() < endsAt) {
    causes.push(causeOf(await review(api)))
    await sleep(20)
  }
  return causes
}
