import { openTestStore, sampleEntry } from '@torghut/artifact-store/testing'
import type { TestStore } from '@torghut/artifact-store/testing'
import { Checkpoint, isSignedBy, readSigningKey, readTrustedKey } from '@torghut/audit'
import { newKeyPem } from '@torghut/audit/testing'
import type { Logger } from '@torghut/telemetry'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'

import { CheckpointJob } from './checkpoint-job.ts'

const pem = newKeyPem()
const key = { ...readSigningKey(pem), ...readTrustedKey(pem) }

let fixture: TestStore
const jobs: CheckpointJob[] = []

beforeAll(async () => {
  fixture = await openTestStore()
})
afterEach(async () => {
  await Promise.all(jobs.splice(0).map((job) => job.close()))
})
afterAll(() => fixture.stop())

const logger = { info: vi.fn(), error: vi.fn() } as unknown as Logger

function newJob(options: Partial<ConstructorParameters<typeof CheckpointJob>[0]> = {}): CheckpointJob {
  const job = new CheckpointJob({ key, store: () => fixture.store, logger, monotonicMs: () => performance.now(), ...options })
  jobs.push(job)
  return job
}

async function checkpoints(): Promise<{ checkpoint: Checkpoint; signed: boolean }[]> {
  const { rows } = await fixture.owner.query('SELECT bytes, signature FROM audit_checkpoints ORDER BY number')
  return rows.map(({ bytes, signature }) => ({
    checkpoint: Checkpoint.parse(JSON.parse(bytes.toString())),
    signed: isSignedBy(key, bytes, signature),
  }))
}

const taken = (count: number) => vi.waitFor(async () => expect(await checkpoints()).toHaveLength(count), 10_000)

test('CheckpointJob signs at once where every chain ends, and again at the end of the process', async () => {
  const writer = await fixture.registerWriter()
  const stored = await writer.append(sampleEntry())
  const job = newJob()
  job.start()
  await taken(1)
  expect(job.complaint()).toBeNull()
  const rowHash = stored.state === 'stored' && 'row_hash' in stored.receipt && stored.receipt.row_hash
  expect(await checkpoints()).toMatchObject([
    { signed: true, checkpoint: { number: 1, rows: 1, heads: [{ writer_id: writer.writerId, seq: 1, row_hash: rowHash }] } },
  ])
  await writer.append(sampleEntry())
  await job.close()
  jobs.length = 0
  const [first, last] = await checkpoints()
  expect(last).toMatchObject({ signed: true, checkpoint: { number: 2, rows: 2 } })
  expect(last!.checkpoint.previous_hash).not.toBe(first!.checkpoint.previous_hash)
})

test('CheckpointJob of several replicas takes one checkpoint, not one each', async () => {
  const before = (await checkpoints()).length
  const replicas = await Promise.all([1, 2, 3].map(() => fixture.openAnother()))
  await fixture.superuser.query("SET session_replication_role = 'replica'; UPDATE audit_checkpoints SET taken_at = taken_at - interval '61 s'; RESET session_replication_role")
  const some = replicas.map((store) => newJob({ store: () => store }))
  for (const job of some) job.start()
  await taken(before + 1)
  await vi.waitFor(() => expect(some.map((job) => job.complaint())).toEqual([null, null, null]))
  expect(await checkpoints()).toHaveLength(before + 1)
})

test('CheckpointJob goes on signing when the newest checkpoint was moved into the future', async () => {
  const before = (await checkpoints()).length
  await fixture.superuser.query("SET session_replication_role = 'replica'; UPDATE audit_checkpoints SET taken_at = taken_at + interval '1 year'; RESET session_replication_role")
  const job = newJob()
  job.start()
  await taken(before + 1)
})

test('CheckpointJob refuses to sign over a shortened chain, says so and goes on looking', async () => {
  const before = (await checkpoints()).length
  await fixture.superuser.query("SET session_replication_role = 'replica'; DELETE FROM audit_batches WHERE last_seq = 2; RESET session_replication_role")
  const job = newJob({ intervalMs: 0 })
  job.start()
  await vi.waitFor(() => expect(job.complaint()).toMatch(/^Cannot sign a checkpoint: rows 2 to 2 are gone of writer/))
  expect(await checkpoints()).toHaveLength(before)
})

test('CheckpointJob refuses to follow a checkpoint that was forged', async () => {
  const other = await openTestStore()
  const job = newJob({ store: () => other.store, intervalMs: 0 })
  job.start()
  await vi.waitFor(async () => expect((await other.owner.query('SELECT FROM audit_checkpoints')).rowCount).toBeGreaterThan(0))
  await job.close()
  const zeros = "decode(repeat('00', 64), 'hex')"
  await other.superuser.query(`SET session_replication_role = 'replica'; UPDATE audit_checkpoints SET signature = ${zeros}; RESET session_replication_role`)
  const next = newJob({ store: () => other.store, intervalMs: 0 })
  next.start()
  await vi.waitFor(() => expect(next.complaint()).toMatch(/checkpoint 1 is not the one that was signed \(signature\)/))
  await next.close()
  jobs.length = 0
  await other.stop()
})

test('CheckpointJob without a key signs nothing and says so', async () => {
  const before = (await checkpoints()).length
  const job = newJob({ key: null })
  job.start()
  expect(job.complaint()).toMatch(/TORGHUT_CHECKPOINT_KEY_FILE is not set/)
  await job.close()
  expect(await checkpoints()).toHaveLength(before)
})

test('CheckpointJob says when there is no store, and complains of lateness only after three intervals', async () => {
  let nowMs = 0
  const idle = newJob({ monotonicMs: () => nowMs })
  nowMs = 180_000
  expect(idle.complaint()).toBeNull()
  nowMs = 180_001
  expect(idle.complaint()).toBe('No checkpoint for 180 s')
  const away = newJob({
    store: () => {
      throw new Error('not connected yet')
    },
  })
  away.start()
  await vi.waitFor(() => expect(away.complaint()).toBe('not connected yet'))
})
