import type { ControlChange, RuntimeControl } from '@torghut/contracts'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { CursorInvalidError, StoreUnavailableError, TooManyControlsError } from '../errors.ts'
import type { Store } from '../store.ts'
import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'

let fixture: TestStore

beforeAll(async () => {
  fixture = await openTestStore()
})

afterAll(() => fixture.stop())

beforeEach(async () => {
  const { items } = await fixture.store.listControls({ limit: 500 })
  for (const { name, scope, value } of items) if (value) await put({ value: false, scope }, name)
})

function put(changes: Partial<ControlChange> = {}, name: RuntimeControl['name'] = 'halt_new_risk', store = fixture.store) {
  const change = { value: true, scope: null, reason: 'drill', expires_at: null, ...changes }
  return store.putControl({ name, change, actor: 'ops' })
}

/** Follows the controls through `store`; `seen()` is the newest read. */
async function follow(store: Store, pollMs = 60_000) {
  const reads: { controls: RuntimeControl[]; readAtMs: number }[] = []
  const lost: unknown[] = []
  await store.watchControls({
    onRead: (controls, readAtMs) => void reads.push({ controls, readAtMs }),
    onLost: (error) => void lost.push(error),
    pollMs,
  })
  return { reads, lost, seen: () => reads.at(-1)?.controls.map(({ name, scope }) => ({ name, scope })) }
}

const soon = (assertion: () => void) => vi.waitFor(assertion, { timeout: 5_000, interval: 20 })

test('putControl() answers with the state, keeps one row a name and scope, and every setting as an event', async () => {
  const set = await put({ scope: { symbol: 'NVDA' }, expires_at: '2030-01-01T00:00:00.123456Z' })
  expect(set).toMatchObject({
    name: 'halt_new_risk',
    scope: { symbol: 'NVDA' },
    value: true,
    actor: 'ops',
    reason: 'drill',
    expires_at: '2030-01-01T00:00:00.123Z',
  })
  await put({ scope: { symbol: 'NVDA', strategy_id: 's' } })
  expect(await put({ scope: { symbol: 'NVDA' }, value: false, reason: 'over' })).toMatchObject({ value: false, reason: 'over' })
  const { items } = await fixture.store.listControls()
  const scopes = items.map(({ scope, value }) => ({ scope, value }))
  expect(scopes.slice(0, 2)).toEqual([
    { scope: { symbol: 'NVDA' }, value: false },
    { scope: { symbol: 'NVDA', strategy_id: 's' }, value: true },
  ])
  const text = `SELECT value, reason FROM runtime_control_events WHERE symbol = 'NVDA' AND strategy_id IS NULL ORDER BY id`
  const { rows } = await fixture.application.query(text)
  expect(rows).toEqual([
    { value: true, reason: 'drill' },
    { value: false, reason: 'over' },
  ])
})

test('putControl() by many callers at once leaves the state of the last event', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => put({ value: index % 3 === 0, reason: `caller ${index}` })))
  const newest = `SELECT reason FROM runtime_control_events WHERE name = 'halt_new_risk' AND symbol IS NULL ORDER BY id DESC LIMIT 1`
  const { rows } = await fixture.application.query(newest)
  const { items } = await fixture.store.listControls({ limit: 1 })
  expect(items[0]?.reason).toBe(rows[0].reason)
})

test('runtime_controls cannot be written past its events, by the application or the owner', async () => {
  await put()
  const text = `INSERT INTO runtime_controls (name, value, actor, reason, set_at, event_id) VALUES ('halt_new_risk', false, 'x', 'x', now(), 1)`
  await expect(fixture.application.query(text)).rejects.toMatchObject({ code: '42501' })
  await expect(fixture.owner.query(text)).rejects.toMatchObject({ code: 'TG002' })
})

test('listControls() pages newest setting first without a gap, and refuses a cursor of another kind', async () => {
  for (const symbol of ['P1', 'P2', 'P3']) await put({ scope: { symbol } })
  const first = await fixture.store.listControls({ limit: 2 })
  expect(first.items.map(({ scope }) => scope?.symbol)).toEqual(['P3', 'P2'])
  const second = await fixture.store.listControls({ limit: 2, cursor: first.nextCursor ?? '' })
  expect(second.items[0]?.scope).toEqual({ symbol: 'P1' })
  await expect(fixture.store.listControls({ cursor: 'nonsense' })).rejects.toBeInstanceOf(CursorInvalidError)
})

test('putControl() switches a thousand controls on and not one more, but always off', async () => {
  await fixture.application.query(`
    INSERT INTO runtime_control_events (name, symbol, value, actor, reason)
    SELECT 'halt_new_risk', 'M' || n, true, 'ops', 'many' FROM generate_series(1, 999) AS n`)
  await put({ scope: { symbol: 'LAST' } })
  await expect(put({ scope: { symbol: 'OVER' } })).rejects.toBeInstanceOf(TooManyControlsError)
  expect(await put({ scope: { symbol: 'M1' }, value: false })).toMatchObject({ value: false })
  await put({ scope: { symbol: 'OVER' } })
  await fixture.application.query(`
    INSERT INTO runtime_control_events (name, symbol, value, actor, reason)
    SELECT 'halt_new_risk', symbol, false, 'ops', 'done' FROM runtime_controls WHERE value`)
})

test('watchControls() reads at once, and again when another replica sets a control', async () => {
  await put({ scope: { symbol: 'EARLY' } })
  const store = await fixture.openAnother()
  const { seen } = await follow(store)
  expect(seen()).toEqual([{ name: 'halt_new_risk', scope: { symbol: 'EARLY' } }])
  await put({}, 'force_deterministic')
  await soon(() => expect(seen()).toContainEqual({ name: 'force_deterministic', scope: null }))
  await put({ value: false }, 'force_deterministic')
  await soon(() => expect(seen()).not.toContainEqual({ name: 'force_deterministic', scope: null }))
  await store.close()
})

test('watchControls() polls, so that a change without an announcement is seen too', async () => {
  const store = await fixture.openAnother()
  const { seen, reads } = await follow(store, 50)
  await fixture.superuser.query(`
    BEGIN; SET LOCAL session_replication_role = replica;
    INSERT INTO runtime_control_events (name, value, actor, reason) VALUES ('halt_new_risk', true, 'x', 'x');
    UPDATE runtime_controls SET value = true WHERE name = 'halt_new_risk' AND symbol IS NULL AND strategy_id IS NULL;
    COMMIT`)
  await soon(() => expect(seen()).toContainEqual({ name: 'halt_new_risk', scope: null }))
  expect(reads.map(({ readAtMs }) => readAtMs)).toEqual(reads.map(({ readAtMs }) => readAtMs).toSorted((a, b) => a - b))
  await store.close()
})

test('watchControls() connects again after its connection was cut, and tells once that it was', async () => {
  const store = await fixture.openAnother({ applicationName: 'cut-me' })
  const { seen, lost } = await follow(store)
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut-me-controls'`
  expect((await fixture.superuser.query(cut)).rowCount).toBe(1)
  await soon(() => expect(lost).toHaveLength(1))
  await put({ scope: { symbol: 'AFTER' } })
  await soon(() => expect(seen()).toContainEqual({ name: 'halt_new_risk', scope: { symbol: 'AFTER' } }))
  expect(lost).toHaveLength(1)
  expect(lost[0]).toBeInstanceOf(StoreUnavailableError)
  await store.close()
})

test('watchControls() leaves no connection behind when the store is closed', async () => {
  const store = await fixture.openAnother({ applicationName: 'leave' })
  const { reads } = await follow(store, 10)
  await store.close()
  const count = reads.length
  await soon(async () => {
    const { rows } = await fixture.superuser.query(`SELECT FROM pg_stat_activity WHERE application_name LIKE 'leave%'`)
    expect(rows).toEqual([])
  })
  expect(reads).toHaveLength(count)
})
