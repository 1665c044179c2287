import { randomUUID } from 'node:crypto'

import { BREAKER_BUCKETS } from '@torghut/contracts'
import type { BreakerState } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { StoreUnavailableError } from './errors.ts'
import type { StoredBreaker } from './queries/breaker-states.ts'
import type { Store } from './store.ts'
import { openTestStore } from './testing/open-test-store.ts'
import type { TestStore } from './testing/open-test-store.ts'

let fixture: TestStore
let store: Store

beforeAll(async () => {
  fixture = await openTestStore()
  store = fixture.store
})
afterAll(() => fixture.stop())

const EMPTY: BreakerState = { buckets: [], streak: [], openedAtMs: null, openUntilMs: null, probe: null }

/** A change that opens a breaker until some milliseconds from now. */
const openFor = (ms: number) => (_state: BreakerState, nowMs: number): BreakerState => ({
  ...EMPTY,
  openedAtMs: nowMs,
  openUntilMs: nowMs + ms,
})

/** A new key that is half-open. */
async function halfOpen(): Promise<string> {
  const key = randomUUID()
  await store.breakers.change(key, openFor(0))
  return key
}

test('change() makes a breaker, keeps every part of it, and reads it back', async () => {
  const key = randomUUID()
  const full: BreakerState = {
    buckets: Array.from({ length: BREAKER_BUCKETS }, (_, index) => ({ startMs: index + 1 / 3, calls: 20, failures: index })),
    streak: [1_795_000_000_123, 1_795_000_000_124],
    openedAtMs: 1_795_000_000_123,
    openUntilMs: 1_795_000_600_123,
    probe: { owner: randomUUID(), untilMs: 1_795_000_900_001 },
  }
  const seen: BreakerState[] = []
  await store.breakers.change(key, (state) => {
    seen.push(state)
    return full
  })
  const again = await store.breakers.change(key, (state) => state)
  expect(seen).toEqual([EMPTY])
  expect(again).toMatchObject({ key, state: full })
})

test('change() runs on the clock of the database', async () => {
  const { rows } = await fixture.application.query<{ ms: number }>('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms')
  const changed = await store.breakers.change(randomUUID(), openFor(600_000))
  expect(changed.nowMs).toBeGreaterThanOrEqual(Math.floor(rows[0]!.ms))
  expect(changed.state.openUntilMs).toBe(changed.nowMs + 600_000)
})

test('change() loses no report of replicas that report at once', async () => {
  const key = randomUUID()
  const other = await fixture.openAnother()
  const count = (state: BreakerState, nowMs: number) => ({ ...state, streak: [...state.streak, nowMs] })
  const reports = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? store : other).breakers.change(key, count))
  await Promise.all(reports)
  const { state } = await store.breakers.change(key, (unchanged) => unchanged)
  expect(state.streak).toHaveLength(40)
  expect(state.streak).toEqual(state.streak.toSorted((a, b) => a - b))
})

test('change() leaves a breaker as it was when the change throws, and goes on working', async () => {
  const key = await halfOpen()
  const failing = store.breakers.change(key, () => {
    throw new RangeError('broken rule')
  })
  await expect(failing).rejects.toThrow('broken rule')
  const { state } = await store.breakers.change(key, (unchanged) => unchanged)
  expect(state.openUntilMs).not.toBeNull()
})

test('takeProbe() gives the probe of a half-open breaker to exactly one of many who ask', async () => {
  const key = await halfOpen()
  const other = await fixture.openAnother()
  const owners = Array.from({ length: 20 }, () => randomUUID())
  const answers = await Promise.all(
    owners.map((owner, index) => (index % 2 === 0 ? store : other).breakers.takeProbe({ key, owner, leaseMs: 60_000 })),
  )
  const taken = answers.filter((answer) => answer?.taken)
  expect(taken).toHaveLength(1)
  expect(owners).toContain(taken[0]?.state.probe?.owner)
  const late = await store.breakers.takeProbe({ key, owner: randomUUID(), leaseMs: 60_000 })
  expect(late).toMatchObject({ taken: false, state: { probe: taken[0]?.state.probe } })
})

test('takeProbe() gives nothing of a closed or open breaker, and says what it is', async () => {
  const owner = randomUUID()
  const closed = await store.breakers.change(randomUUID(), (state) => ({ ...state, streak: [1] }))
  expect(await store.breakers.takeProbe({ key: closed.key, owner, leaseMs: 1 })).toMatchObject({ taken: false, state: closed.state })
  const open = await store.breakers.change(randomUUID(), openFor(60_000))
  expect(await store.breakers.takeProbe({ key: open.key, owner, leaseMs: 1 })).toMatchObject({ taken: false, state: open.state })
  expect(await store.breakers.takeProbe({ key: randomUUID(), owner, leaseMs: 1 })).toBeUndefined()
})

test('takeProbe() frees the probe of an owner that went away, when its lease is over', async () => {
  const key = await halfOpen()
  const first = await store.breakers.takeProbe({ key, owner: randomUUID(), leaseMs: 50 })
  expect(first?.taken).toBe(true)
  await fixture.application.query('SELECT pg_sleep(0.06)')
  const owner = randomUUID()
  expect(await store.breakers.takeProbe({ key, owner, leaseMs: 60_000 })).toMatchObject({ taken: true, state: { probe: { owner } } })
})

test('breaker_states refuses a probe of a closed breaker and an open one without an end', async () => {
  const insert = (columns: string, values: string) =>
    fixture.application.query(`INSERT INTO breaker_states (key, ${columns}) VALUES ('${randomUUID()}', ${values})`)
  const owner = `'${randomUUID()}', now()`
  await expect(insert('probe_owner, probe_until', owner)).rejects.toMatchObject({ constraint: 'breaker_states_probe' })
  await expect(insert('state', "'open'")).rejects.toMatchObject({ constraint: 'breaker_states_open' })
  await expect(insert('open_until, opened_at', 'now(), now()')).rejects.toMatchObject({ constraint: 'breaker_states_open' })
})

test('watchBreakers() tells of an opening long before the next poll', async () => {
  const key = randomUUID()
  const other = await fixture.openAnother()
  const reads: StoredBreaker[][] = []
  const lost: unknown[] = []
  await other.watchBreakers({
    keys: () => [key],
    onRead: (breakers) => void reads.push(breakers),
    onLost: (error) => void lost.push(error),
    pollMs: 60_000,
  })
  expect(reads).toEqual([[]])
  await store.breakers.change(key, (state) => ({ ...state, streak: [5] }))
  await store.breakers.change(key, openFor(600_000))
  await until(() => reads.some(([breaker]) => breaker?.state.openUntilMs != null))
  expect(lost).toEqual([])
})

test('change() and takeProbe() give up on a locked table within their time, and leave reviews alone', async () => {
  const key = await halfOpen()
  const locker = await fixture.superuser.connect()
  try {
    await locker.query('BEGIN; LOCK TABLE breaker_states IN ACCESS EXCLUSIVE MODE')
    await expect(store.breakers.change(key, openFor(1))).rejects.toBeInstanceOf(StoreUnavailableError)
    const claim = store.breakers.takeProbe({ key, owner: randomUUID(), leaseMs: 1 })
    await expect(claim).rejects.toBeInstanceOf(StoreUnavailableError)
    await expect(store.listReviews()).resolves.toMatchObject({ items: [] })
  } finally {
    await locker.query('ROLLBACK')
    locker.release()
  }
  await expect(store.breakers.change(key, openFor(1))).resolves.toMatchObject({ key })
})

async function until(condition: () => boolean): Promise<void> {
  const endsAt = Date.now() + 10_000
  while (!condition() && Date.now() < endsAt) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(condition()).toBe(true)
}
