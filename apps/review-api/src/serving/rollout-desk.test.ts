import { RolloutMovedError } from '@torghut/artifact-store'
import type { RolloutEntry, StoredRollout } from '@torghut/artifact-store'
import type { DenylistEntry } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { RolloutDesk } from './rollout-desk.ts'

const BASE = 'a'.repeat(64)
const CANDIDATE = 'b'.repeat(64)

const running: StoredRollout = {
  rollout_id: '7d0f7e0c-41b4-4f5c-9a27-6d2c1be7a310',
  kind: 'program',
  program_name: 'p',
  target: 'paper',
  base_artifact_hash: BASE,
  candidate_artifact_hash: CANDIDATE,
  step: '10',
  state: 'running',
  started_at: '2026-03-02T15:00:00.000Z',
  updated_at: '2026-03-02T15:00:00.000Z',
  seq: 2,
}

interface Setting {
  last?: StoredRollout
  denied?: Partial<DenylistEntry>[]
  mode?: 'paper' | 'live'
  servable?: boolean
  append?: () => Promise<never>
}

/** A desk over a store of the test's making, and the moves it recorded. */
function deskOf({ last, denied = [], mode = 'paper', servable = true, append }: Setting) {
  const entries: RolloutEntry[] = []
  const rollouts = {
    findOptionalLast: async () => last,
    listEvents: async () => [],
    listDenylist: async () => denied,
    append: async (entry: RolloutEntry) => (append === undefined ? void entries.push(entry) : append()),
  }
  const refused = { ok: false, cause: 'artifact_not_promoted', code: 'dspy_artifact_gate_compatibility_failed', detail: 'no' }
  const desk = new RolloutDesk({
    store: () => ({ rollouts }) as never,
    loader: { load: async () => (servable ? { ok: true, artifact: {} } : refused) as never },
    environment: { artifactHash: BASE, programName: 'p', policy: { trading_mode: mode } } as never,
  })
  return { desk, entries }
}

const START = { candidate_artifact_hash: CANDIDATE, reason: 'better' }

test('start() records the first event in shadow, with caller, reason and both artifacts', async () => {
  const { desk, entries } = deskOf({})
  await desk.start(START, 'ops')
  expect(entries).toMatchObject([
    {
      rollout: { program_name: 'p', target: 'paper', base_artifact_hash: BASE, candidate_artifact_hash: CANDIDATE },
      seq: 1,
      event: 'start',
      stepBefore: null,
      stepAfter: 'shadow',
      stateAfter: 'running',
      actor: 'ops',
      reason: 'better',
    },
  ])
})

test.each<[string, Setting, object, number, string]>([
  ['a candidate that may not serve', { servable: false }, START, 422, 'dspy_artifact_gate_compatibility_failed'],
  ['a target of another mode', {}, { ...START, target: 'scaled_live' }, 422, 'target_not_served'],
  ['shadow, which decides nothing', { mode: 'live' }, { ...START, target: 'shadow' }, 422, 'target_not_served'],
  ['a second open rollout', { last: running }, START, 409, 'illegal_transition'],
  ['the base itself', {}, { ...START, candidate_artifact_hash: BASE }, 409, 'illegal_transition'],
  ['a denied candidate', { denied: [{ artifact_hash: CANDIDATE, cleared: null }] }, START, 409, 'artifact_denylisted'],
])('start() refuses %s and records nothing', async (_what, setting, body, status, code) => {
  const { desk, entries } = deskOf(setting)
  await expect(desk.start(body as never, 'ops')).rejects.toMatchObject({ status, code })
  expect(entries).toEqual([])
})

test('start() takes a candidate whose denial was cleared, and one after a rollout that ended', async () => {
  const cleared = { cleared_by: 'lead', reason: 'fixed', cleared_at: '2026-03-02T15:00:00Z' }
  const { desk, entries } = deskOf({ denied: [{ artifact_hash: CANDIDATE, cleared }], last: { ...running, state: 'aborted' } })
  await desk.start(START, 'ops')
  expect(entries).toHaveLength(1)
})

test('move() records the next event from where the rollout stands', async () => {
  const { desk, entries } = deskOf({ last: running })
  await desk.move('advance', { reason: 'calm' }, 'ops')
  expect(entries).toMatchObject([{ seq: 3, event: 'advance', stepBefore: '10', stepAfter: '25', stateAfter: 'running' }])
})

test('move() refuses what is not legal, what has no rollout, and what somebody else came before', async () => {
  const illegal = { status: 409, code: 'illegal_transition' }
  await expect(deskOf({ last: running }).desk.move('resume', { reason: 'x' }, 'ops')).rejects.toMatchObject(illegal)
  await expect(deskOf({}).desk.move('abort', { reason: 'x' }, 'ops')).rejects.toMatchObject(illegal)
  const raced = deskOf({ last: running, append: () => Promise.reject(new RolloutMovedError(running.rollout_id)) })
  await expect(raced.desk.move('advance', { reason: 'x' }, 'ops')).rejects.toMatchObject(illegal)
})

test('status() tells the share of the newest rollout, none after it ended, and why a candidate cannot serve', async () => {
  expect(await deskOf({}).desk.status()).toMatchObject({ base_artifact_hash: BASE, rollout: null, share_percent: 0 })
  expect(await deskOf({ last: running }).desk.status()).toMatchObject({ share_percent: 10, candidate_problem: null })
  const ended = await deskOf({ last: { ...running, state: 'rolled_back' }, servable: false }).desk.status()
  expect(ended).toMatchObject({ share_percent: 0, candidate_problem: expect.stringContaining('dspy_artifact_gate') })
})
