import type { Routing, StoredRollout } from '@torghut/artifact-store'
import type { LoadedArtifact, VerifiedArtifact } from '@torghut/programs'
import { expect, test } from 'vitest'

import { RolloutView } from '../serving/rollout-view.ts'
import { ServingArtifact } from './serving-artifact.ts'

const BASE = 'a'.repeat(64)
const CANDIDATE = 'b'.repeat(64)
const DECISION = '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01'

const everything: StoredRollout = {
  rollout_id: '7d0f7e0c-41b4-4f5c-9a27-6d2c1be7a310',
  kind: 'program',
  program_name: 'p',
  target: 'paper',
  base_artifact_hash: BASE,
  candidate_artifact_hash: CANDIDATE,
  step: '100',
  state: 'running',
  started_at: '2026-03-02T15:00:00.000Z',
  updated_at: '2026-03-02T15:00:00.000Z',
  seq: 6,
}

const MISMATCH = { ok: false, cause: 'artifact_hash_mismatch', code: 'dspy_artifact_hash_mismatch', detail: 'flipped' } as const

/** A loader over the artifacts that verify; everything else is what a flipped byte makes of it. */
function loaderOf(...hashes: string[]) {
  const loaded = new Set<string>()
  const find = (hash: string) => ({ hash, kind: 'seed' }) as unknown as LoadedArtifact
  return {
    load: async (hash: string): Promise<VerifiedArtifact> => {
      if (!hashes.includes(hash)) return MISMATCH
      loaded.add(hash)
      return { ok: true, artifact: find(hash) }
    },
    peek: (hash: string) => (loaded.has(hash) ? find(hash) : null),
    complaint: (hash: string) => (hashes.includes(hash) ? null : `${MISMATCH.code}: ${MISMATCH.detail}`),
  }
}

/** A replica that has read this routing, at 0 ms of its clock. */
async function replica(routing: Partial<Routing> | null, options: { loader?: ReturnType<typeof loaderOf>; pinned?: string } = {}) {
  const { loader = loaderOf(BASE, CANDIDATE), pinned = BASE } = options
  const clock = { nowMs: 0, now: () => new Date(0), monotonicMs: () => clock.nowMs }
  const rollouts = new RolloutView(clock)
  const serving = new ServingArtifact({ loader, rollouts, environment: { artifactHash: pinned } })
  let read: (next: Routing, atMs: number) => void = () => undefined
  const store = { watchRollouts: async ({ onRead }: { onRead: typeof read }) => void (read = onRead) }
  const logger = { warn: () => undefined } as never
  await rollouts.follow(store as never, { programName: 'p', mode: 'paper', logger, onRead: (next) => serving.prepare(next) })
  const tell = async (next: Partial<Routing>) => {
    read({ rollout: null, deniedHashes: [], ...next }, clock.nowMs)
    await Promise.resolve()
    await Promise.resolve()
  }
  if (routing !== null) await tell(routing)
  return { serving, clock, tell, rollouts }
}

const served = async ({ serving }: Awaited<ReturnType<typeof replica>>) => {
  const answer = await serving.resolveFor(DECISION)
  return [answer.arm, answer.ok ? answer.artifact.hash : answer.cause]
}

test('resolveFor() serves the pinned artifact before anything was read and without a rollout', async () => {
  expect(await served(await replica(null))).toEqual(['base', BASE])
  expect(await served(await replica({}))).toEqual(['base', BASE])
})

test('resolveFor() gives a candidate its share once it is loaded, and nothing after it ended', async () => {
  const one = await replica({ rollout: everything })
  expect(await served(one)).toEqual(['candidate', CANDIDATE])
  await one.tell({ rollout: { ...everything, step: 'shadow' } })
  expect(await served(one)).toEqual(['base', BASE])
  await one.tell({ rollout: null })
  expect(await served(one)).toEqual(['base', BASE])
})

test('resolveFor() does not wait for a candidate that is not loaded yet: the base serves', async () => {
  const slow = { ...loaderOf(BASE), peek: () => null, complaint: () => null }
  expect(await served(await replica({ rollout: everything }, { loader: slow }))).toEqual(['base', BASE])
})

test('resolveFor() serves the base for a candidate that does not verify, and complaint() says so', async () => {
  const one = await replica({ rollout: everything }, { loader: loaderOf(BASE) })
  expect(await served(one)).toEqual(['base', BASE])
  expect(one.serving.complaint()).toContain('dspy_artifact_hash_mismatch')
})

test('resolveFor() never serves a denied candidate', async () => {
  const one = await replica({ rollout: everything, deniedHashes: [CANDIDATE] })
  expect(await served(one)).toEqual(['base', BASE])
  expect(one.serving.complaint()).toContain('denylist')
})

test('resolveFor() never serves a denied pin: the fallback speaks', async () => {
  expect(await served(await replica({ deniedHashes: [BASE] }))).toEqual(['base', 'artifact_not_promoted'])
})

test('resolveFor() does not obey a rollout that began beside another base', async () => {
  const one = await replica({ rollout: { ...everything, base_artifact_hash: 'c'.repeat(64) } })
  expect(await served(one)).toEqual(['base', BASE])
  expect(one.serving.complaint()).toContain('another base')
})

test('resolveFor() and complaint() have nothing against a rollout whose candidate became the pin', async () => {
  const one = await replica({ rollout: everything }, { pinned: CANDIDATE })
  expect(await served(one)).toEqual(['base', CANDIDATE])
  expect(one.serving.complaint()).toBeNull()
})

test('resolveFor() goes back to the base when rollouts were not read for more than ten seconds; denials stay', async () => {
  const one = await replica({ rollout: everything, deniedHashes: ['d'.repeat(64)] })
  one.clock.nowMs = 10_000
  expect(await served(one)).toEqual(['candidate', CANDIDATE])
  one.clock.nowMs = 10_001
  expect(await served(one)).toEqual(['base', BASE])
  expect(one.serving.complaint()).toContain('last read 10 s ago')
  expect(one.rollouts.isDenied('d'.repeat(64))).toBe(true)
})

test('resolveFor() knows a pin that was written in capitals by its name', async () => {
  const pinned = ` ${BASE.toUpperCase()}\n`
  const half = { ...everything, step: 'shadow' as const }
  expect(await served(await replica({ rollout: half }, { pinned }))).toEqual(['base', BASE])
  expect(await served(await replica({ rollout: everything }, { pinned }))).toEqual(['candidate', CANDIDATE])
  expect(await served(await replica({ deniedHashes: [BASE] }, { pinned }))).toEqual(['base', 'artifact_not_promoted'])
})
