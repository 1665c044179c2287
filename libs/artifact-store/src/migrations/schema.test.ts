import { randomUUID } from 'node:crypto'

import { getTableConfig } from 'drizzle-orm/pg-core'
import type { PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { sampleEntry } from '../testing/sample-review.ts'
import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { auditArchives } from '../schema/audit-archives.ts'
import { auditBatches } from '../schema/audit-batches.ts'
import { auditCheckpoints } from '../schema/audit-checkpoints.ts'
import { auditWriters } from '../schema/audit-writers.ts'
import { breakerStates } from '../schema/breaker-states.ts'
import { denylistEvents } from '../schema/denylist-events.ts'
import { feedback } from '../schema/feedback.ts'
import { gatePolicies } from '../schema/gate-policies.ts'
import { journalEntries } from '../schema/journal-entries.ts'
import { llmDecisionReviews } from '../schema/llm-decision-reviews.ts'
import { nodeResults } from '../schema/node-results.ts'
import { programArtifacts } from '../schema/program-artifacts.ts'
import { programRuns } from '../schema/program-runs.ts'
import { reviewKeys } from '../schema/review-keys.ts'
import { rolloutEvents } from '../schema/rollout-events.ts'
import { rollouts } from '../schema/rollouts.ts'
import { runtimeControlEvents } from '../schema/runtime-control-events.ts'
import { runtimeControls } from '../schema/runtime-controls.ts'
import { tradeDecisions } from '../schema/trade-decisions.ts'
import { tradeOutcomes } from '../schema/trade-outcomes.ts'
import { validationResults } from '../schema/validation-results.ts'

/** Every table that keeps its rows as they were written. */
const tables: PgTable[] = [
  auditArchives,
  auditBatches,
  auditCheckpoints,
  auditWriters,
  denylistEvents,
  feedback,
  gatePolicies,
  journalEntries,
  llmDecisionReviews,
  programArtifacts,
  reviewKeys,
  rolloutEvents,
  rollouts,
  runtimeControlEvents,
  runtimeControls,
  tradeDecisions,
  tradeOutcomes,
]

/** Tables that steer or speed up what is told elsewhere: their rows change, and those of caches and finished runs go. */
const changing: PgTable[] = [breakerStates, nodeResults, programRuns, validationResults]

const REFUSED = { code: 'TG002' }
const NOT_ALLOWED = { code: '42501' }

let fixture: TestStore
let month: string

beforeAll(async () => {
  fixture = await openTestStore()
  const { store } = fixture
  const writer = await fixture.registerWriter()
  const entry = sampleEntry()
  await writer.append(entry)
  const drain = await fixture.registerDrain()
  const journal = { journalId: randomUUID(), position: 1, checksum: 'a'.repeat(64), journalledAt: new Date() }
  await drain.drain([{ entry: sampleEntry(), journal }])
  const candidate = await store.saveArtifact({ kind: 'program', programName: 'p', bytes: Buffer.from('{}') })
  const rollout = {
    rollout_id: '00000000-0000-4000-8000-000000000003',
    program_name: 'p',
    target: 'paper' as const,
    base_artifact_hash: 'a'.repeat(64),
    candidate_artifact_hash: candidate,
  }
  const said = { actor: 'test', reason: 'test', stepAfter: 'shadow' as const }
  await store.rollouts.append({ ...said, rollout, seq: 1, event: 'start', stepBefore: null, stateAfter: 'running' })
  await store.rollouts.append({ ...said, rollout, seq: 2, event: 'rollback', stepBefore: 'shadow', stateAfter: 'rolled_back' })
  const at = { price: '1', at: '2026-03-02T16:00:00Z' }
  await store.saveOutcomes([
    {
      outcome_id: '00000000-0000-4000-8000-000000000001',
      trade_decision_id: entry.record.trade_decision_id,
      kind: 'realised',
      horizon: 'PT1H',
      entry: at,
      exit: at,
      gross: '0.01',
      costs: [],
      net: '0.01',
      price_source: 'test',
      event_at: at.at,
      known_at: at.at,
    },
  ])
  await store.saveFeedback([
    {
      feedback_id: '00000000-0000-4000-8000-000000000002',
      trade_decision_id: entry.record.trade_decision_id,
      source: { kind: 'person', id: 'desk' },
      label: 'veto',
      reason: 'test',
      known_at: at.at,
    },
  ])
  const change = { value: true, scope: null, reason: 'test', expires_at: null }
  await store.putControl({ name: 'pause_promotions', change, actor: 'test' })
  const archive = "INSERT INTO audit_archives (month, row_count, manifest_hash) VALUES ('2020-01', 0, repeat('a', 64))"
  await expect(fixture.application.query(archive)).rejects.toMatchObject(NOT_ALLOWED)
  await fixture.owner.query(archive)
  await fixture.application.query(`INSERT INTO audit_checkpoints (number, taken_at, previous_hash, hash, key_id, bytes, signature)
    VALUES (1, now(), repeat('0', 64), encode(sha256('{}'), 'hex'), repeat('a', 64), '{}', decode(repeat('00', 64), 'hex'))`)
  const { rows } = await fixture.owner.query("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM') AS month")
  month = rows[0].month
})

afterAll(() => fixture.stop())

test('migrations make exactly the columns the tables name, each with a comment', async () => {
  const { rows } = await fixture.owner.query(`
    SELECT relname || '.' || attname AS name, attnotnull AS not_null, col_description(c.oid, attnum) AS comment
    FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND attnum > 0 AND NOT attisdropped AND relname <> 'schema_migrations'`)
  const declared = [...tables, ...changing].flatMap((table) => {
    const { name, columns } = getTableConfig(table)
    return columns.map((column) => `${name}.${column.name} ${column.notNull || column.primary}`)
  })
  expect(rows.map((row) => `${row.name} ${row.not_null}`).sort()).toEqual(declared.sort())
  expect(rows.filter((row) => row.comment === null)).toEqual([])
})

test('every table holds a row in this test, so that a refusal below cannot be an empty success', async () => {
  for (const table of tables) {
    const { rows } = await fixture.owner.query(`SELECT count(*)::int AS found FROM ${getTableConfig(table).name}`)
    expect([getTableConfig(table).name, rows[0].found > 0]).toEqual([getTableConfig(table).name, true])
  }
})

test('the application role can neither update, delete nor truncate any table', async () => {
  for (const table of tables) {
    const { name, columns } = getTableConfig(table)
    for (const change of changesTo(name, columns)) {
      await expect(fixture.application.query(change)).rejects.toMatchObject(NOT_ALLOWED)
    }
  }
})

test('the application role may change breakers, caches, checkpoints, three columns of review_keys and nothing else', async () => {
  const others = changing.map((table) => `'${getTableConfig(table).name}'`)
  const { rows } = await fixture.owner.query(`
    SELECT table_name || '.' || column_name AS name FROM information_schema.column_privileges
    WHERE grantee = 'torghut_app' AND privilege_type = 'UPDATE' AND table_name NOT IN (${others}) ORDER BY 1`)
  expect(rows.map((row) => row.name)).toEqual(['review_keys.lease_until', 'review_keys.owner', 'review_keys.review_id'])
})

test('the application role can neither delete nor truncate breakers', async () => {
  await fixture.application.query("INSERT INTO breaker_states (key) VALUES ('k')")
  await expect(fixture.application.query('DELETE FROM breaker_states')).rejects.toMatchObject(NOT_ALLOWED)
  await expect(fixture.application.query('TRUNCATE breaker_states')).rejects.toMatchObject(NOT_ALLOWED)
})

test('the application role may delete cached values and checkpoints, row by row, and nothing else', async () => {
  const { rows } = await fixture.owner.query(`
    SELECT table_name AS name, privilege_type AS privilege FROM information_schema.table_privileges
    WHERE grantee = 'torghut_app' AND privilege_type IN ('DELETE', 'TRUNCATE') ORDER BY 1`)
  expect(rows.map((row) => `${row.name} ${row.privilege}`)).toEqual([
    'node_results DELETE',
    'program_runs DELETE',
    'validation_results DELETE',
  ])
})

test('the approver role reads and writes nothing yet', async () => {
  const { rows } = await fixture.owner.query(`
    SELECT table_name FROM information_schema.table_privileges
    WHERE grantee IN ('torghut_approver', 'PUBLIC') AND table_schema = 'public'`)
  expect(rows).toEqual([])
})

test('the owner is stopped by triggers on every table', async () => {
  for (const table of tables) {
    const { name, columns } = getTableConfig(table)
    for (const change of changesTo(name, columns)) {
      await expect(fixture.owner.query(change)).rejects.toMatchObject(REFUSED)
    }
  }
})

test('the owner is stopped by triggers on each partition, the default one included', async () => {
  const { rows } = await fixture.owner.query(`
    SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'llm_decision_reviews'::regclass`)
  expect(rows.length).toBe(4)
  for (const { name } of rows) {
    await expect(fixture.owner.query(`TRUNCATE ${name}`)).rejects.toMatchObject(REFUSED)
  }
  const current = `llm_decision_reviews_${month}`
  await expect(fixture.owner.query(`DELETE FROM ${current}`)).rejects.toMatchObject(REFUSED)
  await expect(fixture.owner.query(`UPDATE ${current} SET verdict = 'veto'`)).rejects.toMatchObject(REFUSED)
})

test('ensure_review_partitions() makes later months for the application role, guarded like the first', async () => {
  const made = await fixture.store.ensureReviewPartitions(5)
  expect(made).toHaveLength(3)
  expect(await fixture.store.ensureReviewPartitions(5)).toEqual([])
  for (const name of made) {
    await expect(fixture.owner.query(`TRUNCATE ${name}`)).rejects.toMatchObject(REFUSED)
    await expect(fixture.application.query(`SELECT FROM ${name}`)).rejects.toMatchObject(NOT_ALLOWED)
  }
})

test('ensure_review_partitions() refuses a horizon it was not made for', async () => {
  await expect(fixture.store.ensureReviewPartitions(25)).rejects.toMatchObject({ code: '22023' })
  await expect(fixture.store.ensureReviewPartitions(-1)).rejects.toMatchObject({ code: '22023' })
})

test('bytes are stored uncompressed in every partition', async () => {
  const { rows } = await fixture.owner.query(`
    SELECT DISTINCT attstorage FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    WHERE relname LIKE 'llm\\_decision\\_reviews%' AND relkind IN ('r', 'p')
      AND attname IN ('request_bytes', 'response_bytes')`)
  expect(rows).toEqual([{ attstorage: 'e' }])
})

test('program_artifacts refuses bytes under a name that is not their hash', async () => {
  const insert = fixture.application.query(`
    INSERT INTO program_artifacts (kind, program_name, artifact_hash, bytes)
    VALUES ('program', 'p', repeat('0', 64), '{}')`)
  await expect(insert).rejects.toMatchObject({ code: '23514', constraint: 'program_artifacts_hash' })
})

/** An identity column cannot even be named in an update, whoever asks. */
function changesTo(name: string, columns: { name: string; generatedIdentity?: unknown }[]): string[] {
  const column = columns.find(({ generatedIdentity }) => generatedIdentity === undefined)?.name
  return [`UPDATE ${name} SET ${column} = ${column}`, `DELETE FROM ${name}`, `TRUNCATE ${name} CASCADE`]
}
