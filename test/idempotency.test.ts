import { randomUUID } from 'node:crypto'

import { freePort } from '@torghut/local-stack'
import type { KeptProcess } from '@torghut/local-stack'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { completeEnvironment } from './support/complete-environment.ts'
import { startSimulator, until } from './support/fleet.ts'
import { decide, openJournalDesk, post } from './support/journal-desk.ts'
import type { DeskApi, JournalDesk } from './support/journal-desk.ts'
import { getJson } from './support/running-stack.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** Callers of one key, half of them at each replica. */
const CALLERS = 50

/** How long a simulated node thinks: long enough to kill its caller meanwhile. */
const FIRST_TOKEN_MS = 800

let desk: JournalDesk
let simulator: KeptProcess
let simulatorUrl: string
/** Model calls of one review. */
let callsOfOne: number

beforeAll(async () => {
  const port = await freePort()
  simulatorUrl = `http://127.0.0.1:${port}`
  simulator = await startSimulator(port, ['--first-token-ms', String(FIRST_TOKEN_MS)])
  desk = await openJournalDesk()
  const api = await startReplica()
  const before = await modelCalls()
  expect(await decide(api)).toMatchObject({ fallback: null })
  callsOfOne = (await modelCalls()) - before
  await api.stop()
})
afterAll(async () => {
  await desk.close()
  await simulator.stop()
})

async function startReplica(): Promise<DeskApi> {
  const { LLM_DSPY_ARTIFACT_HASH, LLM_DSPY_PROGRAM_NAME, LLM_DSPY_SIGNATURE_VERSION } = completeEnvironment
  const seed = { LLM_DSPY_ARTIFACT_HASH, LLM_DSPY_PROGRAM_NAME, LLM_DSPY_SIGNATURE_VERSION }
  const api = await desk.start(randomUUID(), { ...seed, JANGAR_BASE_URL: simulatorUrl, LLM_DSPY_TIMEOUT_SECONDS: '20' })
  await api.running.line('"msg":"Ready to review"')
  return api
}

async function modelCalls(): Promise<number> {
  return (await getJson(`${simulatorUrl}/simulator`)).body['completions'] as number
}

async function rowsOfKey(key: string): Promise<number> {
  const { rows } = await desk.database.query(
    'SELECT count(*)::int AS found FROM llm_decision_reviews WHERE idempotency_key = $1',
    [key],
  )
  return rows[0].found as number
}

function callers(api: DeskApi, key: string, count: number) {
  return Array.from({ length: count }, () => post(api, key))
}

test('fifty callers of one key at two replicas get one answer from one review in one row', async () => {
  const replicas = await Promise.all([startReplica(), startReplica()])
  const key = randomUUID()
  const before = await modelCalls()
  const answers = await Promise.all(replicas.flatMap((api) => callers(api, key, CALLERS / 2)))
  expect(answers.map(({ status }) => status)).toEqual(Array(CALLERS).fill(200))
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  expect((await modelCalls()) - before).toBe(callsOfOne)
  expect(await rowsOfKey(key)).toBe(1)
  await Promise.all(replicas.map((api) => api.stop()))
})

test('fifty callers get one answer also when the owner of their key is killed, for one review more', async () => {
  const [owner, other] = await Promise.all([startReplica(), startReplica()])
  const key = randomUUID()
  const before = await modelCalls()
  const cutOff = callers(owner!, key, CALLERS / 2).map((answer) => answer.catch(() => null))
  await until(10_000, modelCalls, (calls) => calls > before)
  const waiting = callers(other!, key, CALLERS / 2)
  await until(10_000, () => keyOwner(key), Boolean)
  await owner!.kill()
  expect(await Promise.all(cutOff)).toEqual(Array(CALLERS / 2).fill(null))
  const again = callers(other!, key, CALLERS / 2)
  const answers = await Promise.all([...waiting, ...again])
  expect(answers.map(({ status }) => status)).toEqual(Array(CALLERS).fill(200))
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  expect(answers[0]!.body).toMatchObject({ fallback: null })
  expect((await modelCalls()) - before).toBeLessThanOrEqual(2 * callsOfOne)
  expect(await rowsOfKey(key)).toBe(1)
  await other!.stop()
})

test('a waiter at its deadline commits the fallback, and its verdict, committed first, is everybody’s', async () => {
  const [owner, other] = await Promise.all([startReplica(), startReplica()])
  const key = randomUUID()
  const before = await modelCalls()
  const owned = post(owner!, key)
  await until(10_000, modelCalls, (calls) => calls > before)
  const waited = await post(other!, key, { 'x-deadline-ms': '1000' })
  expect(waited).toMatchObject({ status: 200, body: { verdict: 'veto', fallback: { cause: 'resource_exceeded' } } })
  expect((await owned).body).toEqual(waited.body)
  expect(await rowsOfKey(key)).toBe(1)
  await Promise.all([owner!.stop(), other!.stop()])
})

async function keyOwner(key: string): Promise<string | null> {
  const { rows } = await desk.database.query('SELECT owner FROM review_keys WHERE key = $1', [key])
  return (rows[0]?.owner as string | undefined) ?? null
}
