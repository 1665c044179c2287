import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { JournalReceipt } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { until } from './support/fleet.ts'
import { decide, figure, openJournalDesk, post, readiness } from './support/journal-desk.ts'
import type { DeskApi, JournalDesk } from './support/journal-desk.ts'
import { getJson, postJson } from './support/running-stack.ts'
import { canMount, mountSmallDisk } from './support/small-disk.ts'

// APIs start here, and databases go away, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const WITHIN_MS = 20_000

let desk: JournalDesk
beforeAll(async () => {
  desk = await openJournalDesk()
})
afterAll(() => desk.close())

let name: string
const running: DeskApi[] = []
beforeEach(() => {
  name = randomUUID()
})
afterEach(async () => {
  desk.cable.mend()
  desk.cable.release()
  await Promise.all(running.splice(0).map((api) => api.stop()))
})

async function start(env: Record<string, string> = {}, folder: string = name): Promise<DeskApi> {
  const api = await desk.start(folder, env)
  running.push(api)
  return api
}

/** An API that has met its database. */
async function startConnected(env: Record<string, string> = {}, folder: string = name): Promise<DeskApi> {
  const api = await start(env, folder)
  await api.running.line('"msg":"Ready to review"')
  return api
}

async function drained(api: DeskApi): Promise<void> {
  await until(WITHIN_MS, () => figure(api, 'torghut_journal_entries'), (entries) => entries === 0)
}

async function rowsOf(reviewIds: readonly string[]) {
  const { rows } = await desk.database.query(
    `SELECT id, idempotency_key, writer_id, seq::int, reviewed_at, duplicate_of FROM llm_decision_reviews
     WHERE id = ANY ($1) ORDER BY writer_id, seq`,
    [reviewIds],
  )
  return rows
}

test('reviews go on while PostgreSQL is away, and come home once, in order and with their own times', async () => {
  const api = await startConnected()
  expect((await decide(api)).receipt).toMatchObject({ seq: 1 })
  desk.cable.cut()
  const answers = []
  for (let count = 0; count < 10; count += 1) answers.push(await decide(api))
  for (const [index, { receipt }] of answers.entries()) {
    expect(JournalReceipt.parse(receipt)).toMatchObject({ state: 'journalled', position: index + 2 })
  }
  desk.cable.mend()
  await drained(api)
  const rows = await rowsOf(answers.map(({ review_id }) => review_id))
  expect(rows.map(({ id }) => id)).toEqual(answers.map(({ review_id }) => review_id))
  expect(rows.map(({ seq }) => seq)).toEqual(answers.map((_, index) => index + 1))
  expect(rows.map(({ reviewed_at }) => reviewed_at.toISOString())).toEqual(answers.map(({ reviewed_at }) => reviewed_at))
  const { rows: traces } = await desk.database.query(
    'SELECT review_id, checksum FROM journal_entries WHERE review_id = ANY ($1) ORDER BY position',
    [answers.map(({ review_id }) => review_id)],
  )
  const checksums = answers.map(({ review_id, receipt }) => ({ review_id, checksum: JournalReceipt.parse(receipt).checksum }))
  expect(traces).toEqual(checksums)
  expect((await decide(api)).receipt).toMatchObject({ seq: 2 })
  expect(await figure(api, 'torghut_journal_drained_total')).toBe(10)
})

test('a journalled review is read and repeated as it was answered, and with its chain’s receipt once it is drained', async () => {
  const api = await startConnected()
  desk.cable.cut()
  const key = randomUUID()
  const answer = await decide(api, key)
  expect((await post(api, key)).body).toEqual(answer)
  expect((await getJson(`${api.url}/v1/reviews/${answer.review_id}`)).body).toEqual(answer)
  const other = { ...exampleSubmission(), trade_decision_id: randomUUID() }
  const reused = await postJson(`${api.url}/v1/reviews`, other, { 'idempotency-key': key })
  expect(reused).toMatchObject({ status: 409, body: { code: 'key_reused' } })
  desk.cable.mend()
  await drained(api)
  const { receipt, ...record } = (await getJson(`${api.url}/v1/reviews/${answer.review_id}`)).body
  expect({ ...record, receipt: answer.receipt }).toEqual(answer)
  expect(receipt).toEqual({ writer_id: expect.any(String), seq: 1, row_hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect((await post(api, key)).body).toEqual({ ...answer, receipt })
})

test('/readyz and /metrics tell of an absent database and of what waits for it, and that all is well again', async () => {
  const api = await startConnected()
  const isWell = ({ reasons }: { reasons: object }) => !('database' in reasons || 'journal' in reasons)
  await until(WITHIN_MS, () => readiness(api), isWell)
  desk.cable.cut()
  await decide(api)
  expect(await readiness(api)).toMatchObject({
    status: 200,
    words: 'degraded',
    reasons: { database: expect.any(String), journal: expect.stringMatching(/^2 entries wait for the database, the oldest since 20/) },
  })
  expect(await figure(api, 'torghut_database_away')).toBe(1)
  expect(await figure(api, 'torghut_journal_written_total')).toBe(1)
  expect(await figure(api, 'torghut_journal_bytes')).toBeGreaterThan(1_000)
  desk.cable.mend()
  await drained(api)
  await until(WITHIN_MS, () => readiness(api), isWell)
  expect(await figure(api, 'torghut_database_away')).toBe(0)
  expect(await figure(api, 'torghut_journal_bytes')).toBe(0)
})

test('a database that hangs costs a review no more than its deadline', async () => {
  const api = await startConnected()
  desk.cable.hold()
  const started = performance.now()
  const { status, body } = await post(api, randomUUID(), { 'x-deadline-ms': '1500' })
  const tookMs = performance.now() - started
  expect([status, body['receipt']]).toEqual([200, expect.objectContaining({ state: 'journalled' })])
  // A loose bound: without one, the driver's own timeouts would let it wait for ten seconds.
  expect(tookMs).toBeLessThan(5_000)
  desk.cable.release()
  await drained(api)
  expect(await rowsOf([String(body['review_id'])])).toHaveLength(1)
})

test('on persistent storage an API is ready, and decides, before it ever met its database', async () => {
  desk.cable.cut()
  const api = await start()
  await until(WITHIN_MS, () => readiness(api), ({ status }) => status === 200)
  expect(await readiness(api)).toMatchObject({ words: 'degraded', reasons: { database: expect.any(String) } })
  const answer = await decide(api)
  expect(answer).toMatchObject({ receipt: { state: 'journalled' }, lineage: { artifact_kind: 'bootstrap' } })
  desk.cable.mend()
  await drained(api)
  expect(await rowsOf([answer.review_id])).toHaveLength(1)
})

test('an API that is killed leaves its journal to the next start, which brings it home once', async () => {
  const first = await startConnected()
  desk.cable.cut()
  const answers = [await decide(first), await decide(first)]
  await first.kill()
  const second = await start()
  const more = await decide(second)
  await until(WITHIN_MS, () => figure(second, 'torghut_journal_entries'), (entries) => entries === 5)
  // What the dead process answered is known to the next one before the database is.
  expect((await post(second, answers[0]!.trade_decision_id)).body).toEqual(answers[0])
  desk.cable.mend()
  await drained(second)
  const rows = await rowsOf([...answers, more].map(({ review_id }) => review_id))
  expect(rows.map(({ id }) => id)).toEqual([...answers, more].map(({ review_id }) => review_id))
  await second.stop()
  expect(readdirSync(join(desk.folder, name, 'journal'))).toEqual([])
})

test('a stop brings the journal home when the database is there, and leaves it on the disk when it is not', async () => {
  const first = await startConnected()
  desk.cable.cut()
  const left = await decide(first)
  await first.stop()
  expect(readdirSync(join(desk.folder, name, 'journal'))).toHaveLength(1)
  expect(await rowsOf([left.review_id])).toEqual([])
  const second = await start()
  const more = await decide(second)
  desk.cable.mend()
  await second.running.line('"msg":"Database is back"')
  await second.stop()
  expect(await rowsOf([left.review_id, more.review_id])).toHaveLength(2)
  expect(readdirSync(join(desk.folder, name, 'journal'))).toEqual([])
})

test('replicas cut off from PostgreSQL may each decide a key: both rows stay, and the later names the first', async () => {
  const one = await startConnected()
  const two = await startConnected({}, `${name}-two`)
  desk.cable.cut()
  const key = randomUUID()
  const answers = [await decide(one, key), await decide(two, key)]
  desk.cable.mend()
  await Promise.all([drained(one), drained(two)])
  const rows = await rowsOf(answers.map(({ review_id }) => review_id))
  const [first, later] = rows[0]?.duplicate_of === null ? rows : [...rows].reverse()
  expect([first, later]).toMatchObject([{ duplicate_of: null }, { duplicate_of: first?.id }])
  const repeated = await Promise.all([post(one, key), post(two, key)])
  expect(repeated.map(({ body }) => body['review_id'])).toEqual([first?.id, first?.id])
})

test('a full journal refuses with 503, decides nothing, and takes reviews again once it is drained', async () => {
  const api = await startConnected({ TORGHUT_JOURNAL_MAX_MIB: '1' })
  desk.cable.cut()
  const statuses: number[] = []
  const taken: string[] = []
  while (statuses.at(-1) !== 503 && statuses.length < 2_000) {
    const { status, body } = await post(api)
    statuses.push(status)
    if (status === 200) taken.push(String(body['review_id']))
    else expect(body['code']).toBe('nothing_recorded')
  }
  expect(statuses.at(-1)).toBe(503)
  expect(taken.length).toBeGreaterThan(20)
  expect((await readiness(api)).reasons).toMatchObject({ recording: expect.stringContaining('Cannot journal another review') })
  const refused = randomUUID()
  expect((await post(api, refused)).status).toBe(503)
  expect(await figure(api, 'torghut_journal_refused_total')).toBe(2)
  desk.cable.mend()
  await drained(api)
  expect(await rowsOf(taken)).toHaveLength(taken.length)
  const { rows } = await desk.database.query('SELECT FROM trade_decisions WHERE id = $1', [refused])
  expect(rows).toEqual([])
  await until(WITHIN_MS, () => readiness(api), ({ reasons }) => !('journal' in reasons))
  expect(await decide(api, refused)).toMatchObject({ receipt: { seq: expect.any(Number) } })
})

test.skipIf(!canMount)('a full disk refuses with 503 and decides nothing; what was journalled before comes home', async () => {
  const disk = mountSmallDisk(8)!
  try {
    const api = await startConnected({ TORGHUT_DATA_DIR: disk.path })
    desk.cable.cut()
    const before = await decide(api)
    disk.fill()
    const refused = await Promise.all([post(api), post(api), post(api)])
    expect(refused.map(({ status, body }) => `${status} ${body['code']}`)).toEqual(Array(3).fill('503 nothing_recorded'))
    disk.makeRoom()
    const after = await decide(api)
    desk.cable.mend()
    await drained(api)
    expect(await rowsOf([before.review_id, after.review_id])).toHaveLength(2)
    await api.stop()
  } finally {
    disk.remove()
  }
})

test('without a folder it may write to, an API records in the database and says that it has no journal', async () => {
  const file = join(desk.folder, `${name}-file`)
  writeFileSync(file, '')
  const api = await startConnected({ TORGHUT_DATA_DIR: file })
  expect((await decide(api)).receipt).toMatchObject({ seq: 1 })
  expect((await readiness(api)).reasons).toMatchObject({ journal: expect.stringContaining('Cannot write the journal') })
  desk.cable.cut()
  expect(await post(api)).toMatchObject({ status: 503, body: { code: 'nothing_recorded' } })
  desk.cable.mend()
  await until(WITHIN_MS, () => post(api), ({ status }) => status === 200)
})

test('on ephemeral storage live vetoes new risk while the database is away, and lets a proved exit go', async () => {
  const live = { TRADING_MODE: 'live', TORGHUT_STORAGE: 'ephemeral', TORGHUT_DATA_DIR: '' }
  const api = await startConnected(live)
  const submission = (change: object) => {
    const body = exampleSubmission()
    return { ...body, trade_decision_id: randomUUID(), request: { ...body.request, trading_mode: 'live', ...change } }
  }
  const codesOf = (body: Record<string, unknown>) =>
    (body['outcomes'] as { gate: string; code?: string }[]).flatMap(({ code }) => code ?? [])
  const there = await postJson(`${api.url}/v1/reviews`, submission({}))
  expect(codesOf(there.body)).not.toContain('record_not_durable')
  desk.cable.cut()
  const away = await postJson(`${api.url}/v1/reviews`, submission({}))
  expect(away.body).toMatchObject({ verdict: 'veto', receipt: { state: 'journalled' }, basis: { durable: false } })
  const [entry] = exitOf()
  const exit = await postJson(`${api.url}/v1/reviews`, { ...submission(entry!.request), gate_state: entry!.gate_state })
  expect(exit.body).toMatchObject({ verdict: 'approve', llm_skipped: 'reducing', receipt: { state: 'journalled' } })
  desk.cable.mend()
  await drained(api)
  const { rows } = await desk.database.query(
    "SELECT response_bytes FROM llm_decision_reviews WHERE id = $1",
    [away.body['review_id']],
  )
  expect(JSON.parse(rows[0].response_bytes.toString())).toMatchObject({ verdict: 'veto', basis: { durable: false } })
})

/** What makes an order of the example one that only reduces a position. */
function exitOf() {
  const { request, gate_state } = exampleSubmission()
  const { decision } = request
  const positions = [{ symbol: decision.symbol, qty: '1000', side: 'long' }]
  return [{ request: { decision: { ...decision, action: 'sell' }, positions }, gate_state }]
}

test('a disk that hangs costs reviews their 503 in time, and a stop does not wait for it', async () => {
  const switchFile = join(desk.folder, `${name}-hang`)
  mkdirSync(join(desk.folder, name), { recursive: true })
  const preload = new URL('./support/hung-disk.mjs', import.meta.url).href
  const api = await startConnected({ NODE_OPTIONS: `--import=${preload}`, HUNG_DISK_SWITCH: switchFile })
  desk.cable.cut()
  expect((await decide(api)).receipt).toMatchObject({ state: 'journalled' })
  writeFileSync(switchFile, '')
  chmodSync(switchFile, 0o644)
  const refused = await post(api, randomUUID(), { 'x-deadline-ms': '1000' })
  expect(refused).toMatchObject({ status: 503, body: { code: 'nothing_recorded' } })
  expect(existsSync(switchFile)).toBe(true)
  process.kill(api.pid, 'SIGTERM')
  await api.running.line('"msg":"A write hangs on the disk; ending without it"')
  await api.running.result
})
