import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { fillChains, openTestStore } from '@torghut/artifact-store/testing'
import type { FilledChain, TestStore } from '@torghut/artifact-store/testing'
import { newKeyPem, signCheckpoint } from '@torghut/audit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startTorghut } from './support/run-torghut.ts'

/** The proof reads a million. */
const ROWS = Number(process.env['TORGHUT_AUDIT_ROWS'] ?? 25_000)
const WRITERS = 3

/** Filling and reading a million rows on a busy machine. */
const LIMIT_MS = 30 * 60_000

/**
 * Most memory of the whole process, in MiB: an eighth of what a million rows weigh, and twice what the runtime and
 * its threads take for the first thousand.
 */
const RSS_MAX_MIB = 900

let database: TestStore
let folder: string
let chains: FilledChain[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'torghut-audit-rows-'))
  database = await openTestStore()
  const pem = newKeyPem()
  writeFileSync(join(folder, 'key.pem'), pem)
  chains = await fillChains({ superuser: database.superuser, rows: ROWS, writers: WRITERS, startAt: new Date() })
  await database.store.checkpoints.take((turn) => signCheckpoint(turn, pem))
}, LIMIT_MS)

afterAll(async () => {
  await database.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

interface Report {
  ok: boolean
  rows: number
  findings: { fault: string; seq: number; writer_id: string }[]
  attestation: { attested_rows: number; unattested_rows: number }
  seconds: number
  rows_per_second: number
  peak_rss_mib: number
  threads: number
}

async function verify(): Promise<{ code: number | null; report: Report }> {
  const key = join(folder, 'key.pem')
  const args = ['audit', 'verify', '--json', '--database-url', database.database.urls.application, '--key', key]
  const { code, stdout, stderr } = await startTorghut({ args, limitMs: LIMIT_MS }).result
  expect(stderr).toEqual([])
  return { code, report: JSON.parse(stdout[0] ?? '') as Report }
}

test(`torghut audit verify reads ${ROWS} sound rows in bounded memory`, { timeout: LIMIT_MS }, async ({ task }) => {
  const { code, report } = await verify()
  expect(report).toMatchObject({ ok: true, rows: ROWS, attestation: { attested_rows: ROWS, unattested_rows: 0 } })
  expect(code).toBe(0)
  expect(report.threads).toBeGreaterThan(0)
  expect(report.peak_rss_mib).toBeLessThan(RSS_MAX_MIB)
  const { seconds, rows_per_second, peak_rss_mib, threads } = report
  Object.assign(task.meta, { figures: { rows: ROWS, seconds, rows_per_second, peak_rss_mib, threads } })
})

test(`torghut audit verify finds one changed character among ${ROWS} rows`, { timeout: LIMIT_MS }, async () => {
  const chain = chains[1]!
  const seq = Math.floor(chain.lastSeq / 2)
  const client = await database.superuser.connect()
  await client.query("SET session_replication_role = 'replica'")
  await client.query('UPDATE llm_decision_reviews SET strategy_id = $3 WHERE writer_id = $1 AND seq = $2', [chain.writerId, seq, 'momentum-2'])
  client.release(true)
  const { code, report } = await verify()
  expect(report.findings).toEqual([expect.objectContaining({ writer_id: chain.writerId, seq, fault: 'row_hash' })])
  expect(code).toBe(1)
})
