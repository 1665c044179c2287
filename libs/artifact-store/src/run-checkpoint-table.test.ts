import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'

import { hashJson } from '@torghut/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { StoreUnavailableError } from './errors.ts'
import type { StoredCheckpoint } from './queries/program-runs.ts'
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

function checkpoint(runId: string, changes: Partial<StoredCheckpoint> = {}): StoredCheckpoint {
  return {
    runId,
    nodeId: 'thesis',
    nodeVersion: 'v1',
    inputHash: hashJson('input'),
    output: { claim: 'µ \u0000 “"”', levels: [1.5, -0.25, null], deep: { empty: [], yes: true } },
    trace: { calls: 1, cache: null },
    ...changes,
  }
}

test('load() gives back what save() kept, and nothing of other runs', async () => {
  const runId = randomUUID()
  const thesis = checkpoint(runId)
  const counter = checkpoint(runId, { nodeId: 'Counter' })
  await store.runCheckpoints.save(thesis)
  await store.runCheckpoints.save(counter)
  await store.runCheckpoints.save(checkpoint(randomUUID()))
  expect(await store.runCheckpoints.load(runId)).toEqual([counter, thesis])
  expect(await store.runCheckpoints.load(randomUUID())).toEqual([])
})

/** A process that saves a checkpoint, says so, and stays in the middle of its run. */
const DOOMED = `
  import { openStore } from '${new URL('store.ts', import.meta.url).href}'
  const { applicationUrl, checkpoint } = JSON.parse(process.argv[1])
  const store = await openStore({ applicationUrl })
  await store.runCheckpoints.save(checkpoint)
  process.stdout.write('saved')
  setInterval(() => {}, 60_000)`

test('load() finds what a process saved that was killed right after', async () => {
  const runId = randomUUID()
  const input = JSON.stringify({ applicationUrl: fixture.database.urls.application, checkpoint: checkpoint(runId) })
  const doomed = spawn(process.execPath, ['--input-type=module', '--eval', DOOMED, input], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  })
  const exited = once(doomed, 'exit')
  const [said] = await Promise.race([once(doomed.stdout, 'data'), exited.then(() => ['nothing'])])
  expect(String(said)).toBe('saved')
  doomed.kill('SIGKILL')
  expect(await exited).toEqual([null, 'SIGKILL'])
  const fresh = await fixture.openAnother()
  expect(await fresh.runCheckpoints.load(runId)).toEqual([checkpoint(runId)])
})

test('save() a hundred times over changes nothing and loses nothing', async () => {
  const runId = randomUUID()
  let current = checkpoint(runId)
  for (let round = 0; round < 100; round += 1) current = await store.runCheckpoints.save(current)
  expect(current).toEqual(checkpoint(runId))
  const { rows } = await fixture.application.query('SELECT revision FROM program_runs WHERE run_id = $1', [runId])
  expect(rows).toEqual([{ revision: 1 }])
})

test('save() of the same work keeps the first output and tells the later ones', async () => {
  const runId = randomUUID()
  const stands = await Promise.all(
    Array.from({ length: 12 }, (_, index) => store.runCheckpoints.save(checkpoint(runId, { output: { from: index } }))),
  )
  const [kept] = await store.runCheckpoints.load(runId)
  for (const each of stands) expect(each).toEqual(kept)
})

test('save() of other work takes the place of what was there', async () => {
  const runId = randomUUID()
  await store.runCheckpoints.save(checkpoint(runId))
  const newVersion = checkpoint(runId, { nodeVersion: 'v2', output: 2 })
  expect(await store.runCheckpoints.save(newVersion)).toEqual(newVersion)
  const newInput = checkpoint(runId, { nodeVersion: 'v2', inputHash: hashJson('other'), output: 3 })
  expect(await store.runCheckpoints.save(newInput)).toEqual(newInput)
  expect(await store.runCheckpoints.load(runId)).toEqual([newInput])
})

test('save() refuses what is no JSON and what is no hash, and keeps nothing', async () => {
  const runId = randomUUID()
  for (const output of [Number.NaN, '\ud800', undefined]) {
    const failure = await store.runCheckpoints.save(checkpoint(runId, { output })).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(failure).not.toBeInstanceOf(StoreUnavailableError)
  }
  const refused = store.runCheckpoints.save(checkpoint(runId, { inputHash: 'none' }))
  await expect(refused).rejects.toMatchObject({ constraint: 'program_runs_input_hash' })
  expect(await store.runCheckpoints.load(runId)).toEqual([])
})

test('forget() removes one run', async () => {
  const [runId, other] = [randomUUID(), randomUUID()]
  await store.runCheckpoints.save(checkpoint(runId))
  await store.runCheckpoints.save(checkpoint(runId, { nodeId: 'counter' }))
  await store.runCheckpoints.save(checkpoint(other))
  expect(await store.runCheckpoints.forget(runId)).toBe(2)
  expect(await store.runCheckpoints.forget(runId)).toBe(0)
  expect(await store.runCheckpoints.load(other)).toHaveLength(1)
})

test('deleteOld() forgets what was saved long ago, up to its bound', async () => {
  const runId = randomUUID()
  for (const nodeId of ['a', 'b', 'c']) await store.runCheckpoints.save(checkpoint(runId, { nodeId }))
  const age = "UPDATE program_runs SET saved_at = '2020-01-01' WHERE run_id = $1 AND node_id <> 'c'"
  await fixture.owner.query(age, [runId])
  const savedBefore = new Date('2021-01-01')
  expect(await store.runCheckpoints.deleteOld({ savedBefore, rowsMax: 1 })).toBe(1)
  expect(await store.runCheckpoints.deleteOld({ savedBefore, rowsMax: 9 })).toBe(1)
  expect((await store.runCheckpoints.load(runId)).map(({ nodeId }) => nodeId)).toEqual(['c'])
})
