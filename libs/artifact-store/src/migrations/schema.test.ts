import { getTableConfig } from 'drizzle-orm/pg-core'
import type { PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { sampleEntry } from '../testing/sample-review.ts'
import { openTestStore } from '../testing/open-test-store.ts'
import type { TestStore } from '../testing/open-test-store.ts'
import { auditBatches } from '../schema/audit-batches.ts'
import { auditWriters } from '../schema/audit-writers.ts'
import { breakerStates } from '../schema/breaker-states.ts'
import { feedback } from '../schema/feedback.ts'
import { gatePolicies } from '../schema/gate-policies.ts'
import { llmDecisionReviews } from '../schema/llm-decision-reviews.ts'
import { programArtifacts } from '../schema/program-artifacts.ts'
import { reviewKeys } from '../schema/review-keys.ts'
import { runtimeControlEvents } from '../schema/runtime-control-events.ts'
import { runtimeControls } from '../schema/runtime-controls.ts'
import { tradeDecisions } from '../schema/trade-decisions.ts'
import { tradeOutcomes } from '../schema/trade-outcomes.ts'

/** Every table that keeps its rows as they were written; breakers change with every report. */
const tables: PgTable[] = [
  auditBatches,
  auditWriters,
  feedback,
  gatePolicies,
  llmDecisionReviews,
  programArtifacts,
  reviewKeys,
  runtimeControlEvents,
  runtimeControls,
  tradeDecisions,
  tradeOutcomes,
]

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
  await store.saveArtifact({ kind: 'program', programName: 'p', bytes: Buffer.from('{}') })
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
  const declared = [...tables, breakerStates].flatMap((table) => {
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

test('the application role may change breakers, three columns of review_keys and nothing else', async () => {
  const { rows } = await fixture.owner.query(`
    SELECT table_name || '.' || column_name AS name FROM information_schema.column_privileges
    WHERE grantee = 'torghut_app' AND privilege_type = 'UPDATE' AND table_name <> 'breaker_states' ORDER BY 1`)
  expect(rows.map((row) => row.name)).toEqual(['review_keys.lease_until', 'review_keys.owner', 'review_keys.review_id'])
})

test('the application role can neither delete nor truncate breakers', async () => {
  await fixture.application.query("INSERT INTO breaker_states (key) VALUES ('k')")
  await expect(fixture.application.query('DELETE FROM breaker_states')).rejects.toMatchObject(NOT_ALLOWED)
  await expect(fixture.application.query('TRUNCATE breaker_states')).rejects.toMatchObject(NOT_ALLOWED)
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
