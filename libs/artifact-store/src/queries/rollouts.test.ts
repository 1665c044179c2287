import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { RolloutMovedError } from '../errors.ts'
import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import type { RolloutEntry, Routing } from './rollouts.ts'

const PROGRAM = 'trade-review-committee-v1'
const SCOPE = { programName: PROGRAM, targets: ['paper'] } as const
const BASE = 'a'.repeat(64)

let fixture: TestStore
let candidate = ''

beforeAll(async () => {
  fixture = await openTestStore()
  candidate = await fixture.store.saveArtifact({ kind: 'program', programName: PROGRAM, bytes: Buffer.from('{"a":1}') })
})
afterAll(() => fixture.stop())

/** The moves of one rollout in order, numbered as they are made. */
function mover(rolloutId = randomUUID()) {
  const rollout = {
    rollout_id: rolloutId,
    program_name: PROGRAM,
    target: 'paper' as const,
    base_artifact_hash: BASE,
    candidate_artifact_hash: candidate,
  }
  let seq = 0
  return (move: Partial<RolloutEntry>) => {
    seq += 1
    const moved: RolloutEntry = {
      rollout,
      seq,
      event: 'start',
      stepBefore: seq === 1 ? null : 'shadow',
      stepAfter: 'shadow',
      stateAfter: 'running',
      actor: 'ops',
      reason: 'drill',
      ...move,
    }
    return fixture.store.rollouts.append(moved)
  }
}

const ABORT = { event: 'abort', stateAfter: 'aborted' } as const

test('append() records a move with its caller and moves the rollout; findOptionalLast() and listEvents() tell of it', async () => {
  const { rollouts } = fixture.store
  const move = mover()
  const started = await move({ evidence: { reviews: 3 } })
  expect(started).toMatchObject({ seq: 1, event: 'start', step_before: null, actor: 'ops', evidence: { reviews: 3 } })
  await move({ event: 'advance', stepAfter: '10' })
  const last = await rollouts.findOptionalLast(SCOPE)
  expect(last).toMatchObject({ rollout_id: started.rollout_id, step: '10', state: 'running', seq: 2, started_at: started.event_at })
  await move({ ...ABORT, stepBefore: '10', stepAfter: '10', reason: 'enough' })
  const events = await rollouts.listEvents(started.rollout_id)
  expect(events.map(({ event, reason }) => [event, reason])).toEqual([
    ['start', 'drill'],
    ['advance', 'drill'],
    ['abort', 'enough'],
  ])
  expect(await rollouts.findOptionalLast({ ...SCOPE, targets: ['scaled_live'] })).toBeUndefined()
})

test('append() lets one open rollout of a program and target be', async () => {
  const first = mover()
  await first({})
  await expect(mover()({})).rejects.toBeInstanceOf(RolloutMovedError)
  await first(ABORT)
  const next = mover()
  await next({})
  await next(ABORT)
})

test.each<[string, Partial<RolloutEntry>]>([
  ['made twice', { seq: 1, event: 'start', stepBefore: null }],
  ['that leaves one out', { seq: 3, event: 'advance', stepAfter: '10' }],
  ['that begins elsewhere', { seq: 2, event: 'advance', stepBefore: '10', stepAfter: '25' }],
])('append() refuses a move %s and changes nothing', async (_what, move) => {
  const make = mover()
  const { rollout_id: rolloutId } = await make({})
  await expect(make(move)).rejects.toBeInstanceOf(RolloutMovedError)
  expect(await fixture.store.rollouts.findOptionalLast(SCOPE)).toMatchObject({ rollout_id: rolloutId, step: 'shadow', seq: 1 })
  await make({ ...ABORT, seq: 2 })
})

test('append() of two callers at once makes one move', async () => {
  const id = randomUUID()
  const move = mover(id)
  await move({})
  const advance = { seq: 2, event: 'advance', stepAfter: '10' } as const
  const results = await Promise.allSettled([move(advance), mover(id)({ ...advance, stepBefore: 'shadow' })])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await move({ ...ABORT, seq: 3, stepBefore: '10', stepAfter: '10' })
})

test('append() of a rollback denies the candidate in the same moment; saveDenial() clears it and listDenylist() keeps both', async () => {
  const { rollouts } = fixture.store
  const move = mover()
  const { rollout_id: rolloutId } = await move({})
  await move({ event: 'rollback', stateAfter: 'rolled_back', reason: 'it fell back' })
  const denial = { artifact_hash: candidate, source: 'rollout', rollout_id: rolloutId, denied_by: 'ops', reason: 'it fell back' }
  expect(await rollouts.listDenylist(PROGRAM)).toMatchObject([{ ...denial, cleared: null }])
  await rollouts.saveDenial({
    programName: PROGRAM, artifactHash: candidate, denied: false, source: 'person', actor: 'lead', reason: 'fixed',
  })
  expect(await rollouts.listDenylist(PROGRAM)).toMatchObject([{ ...denial, cleared: { cleared_by: 'lead', reason: 'fixed' } }])
})

test('watchRollouts() tells other stores of every move and denial without waiting for its poll', async () => {
  const other = await fixture.openAnother()
  const seen: Routing[] = []
  await other.watchRollouts({ ...SCOPE, onRead: (routing) => seen.push(routing), onLost: () => undefined, pollMs: 60_000 })
  expect(seen).toMatchObject([{ rollout: null, deniedHashes: [] }])
  const move = mover()
  await move({})
  await move({ event: 'advance', stepAfter: '10' })
  await waitFor(() => seen.at(-1)?.rollout?.step === '10')
  await move({ event: 'rollback', stateAfter: 'rolled_back', stepBefore: '10', stepAfter: '10' })
  await waitFor(() => seen.at(-1)?.rollout === null)
  expect(seen.at(-1)?.deniedHashes).toEqual([candidate])
})

test('nobody moves a rollout past its events', async () => {
  await expect(fixture.owner.query("UPDATE rollouts SET step = '100'")).rejects.toMatchObject({ code: 'TG002' })
})

test('listArtifacts() pages newest first; findOptionalArtifactByHash() needs no program name', async () => {
  const { store } = fixture
  for (const value of [2, 3]) {
    await store.saveArtifact({ kind: 'program', programName: PROGRAM, bytes: Buffer.from(`{"a":${value}}`) })
  }
  const first = await store.listArtifacts({ limit: 2 })
  const second = await store.listArtifacts({ limit: 2, cursor: first.nextCursor ?? '' })
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null])
  expect(second.items[0]).toMatchObject({ artifactHash: candidate, programName: PROGRAM, bytesCount: 7 })
  expect((await store.findOptionalArtifactByHash(candidate))?.bytes.toString()).toBe('{"a":1}')
  expect(await store.findOptionalArtifactByHash('b'.repeat(64))).toBeUndefined()
  await expect(store.listArtifacts({ cursor: 'x' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
})

async function waitFor(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !holds(); tries += 1) await sleep(25)
  expect(holds()).toBe(true)
}
