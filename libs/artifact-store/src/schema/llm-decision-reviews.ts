import {
  AdviceVerdict,
  Arm,
  FallbackCause,
  HASH_VERSION,
  OrderType,
  SkipReason,
  Stage,
  Verdict,
} from '@torghut/contracts'
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  numeric,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'

import { auditWriters } from './audit-writers.ts'
import { bytea, instant, isHashOf, isSha256, oneOf } from './columns.ts'
import { gatePolicies } from './gate-policies.ts'
import { tradeDecisions } from './trade-decisions.ts'

const columns = {
  id: uuid().notNull(),
  trade_decision_id: uuid()
    .notNull()
    .references(() => tradeDecisions.id, { onDelete: 'restrict' }),
  idempotency_key: text().notNull(),
  strategy_id: text().notNull(),
  symbol: text().notNull(),
  verdict: varchar({ length: 16 }).notNull(),
  reason: text(),
  advice_verdict: varchar({ length: 16 }),
  confidence: numeric({ precision: 6, scale: 4 }),
  adjusted_qty: numeric({ precision: 28, scale: 8 }),
  adjusted_order_type: varchar({ length: 32 }),
  rationale: text(),
  risk_flags: text().array().notNull(),
  fallback_cause: text(),
  llm_skipped: text(),
  model: varchar({ length: 128 }).notNull(),
  prompt_version: varchar({ length: 32 }).notNull(),
  program_name: text().notNull(),
  signature_version: text().notNull(),
  artifact_hash: text(),
  artifact_kind: text(),
  executor: text(),
  arm: text().notNull(),
  stage: text().notNull(),
  clock: text().notNull(),
  simulated: boolean().notNull(),
  tokens_prompt: integer(),
  tokens_completion: integer(),
  prompt_hash: text(),
  request_hash: text().notNull(),
  response_hash: text(),
  record_hash: text().notNull(),
  hash_version: text().notNull(),
  policy_hash: text()
    .notNull()
    .references(() => gatePolicies.policy_hash, { onDelete: 'restrict' }),
  engine_version: text().notNull(),
  event_at: instant().notNull(),
  known_at: instant().notNull(),
  reviewed_at: instant().notNull(),
  valid_until: instant().notNull(),
  shadow_of: uuid(),
  duplicate_of: uuid(),
  writer_id: uuid()
    .notNull()
    .references(() => auditWriters.writer_id, { onDelete: 'restrict' }),
  seq: bigint({ mode: 'number' }).notNull(),
  prev_hash: text().notNull(),
  row_hash: text().notNull(),
  created_at: instant().notNull(),
  request_bytes: bytea().notNull(),
  response_bytes: bytea().notNull(),
}

/**
 * One row a review, append only, partitioned by month of `created_at` (the partition clause lives in the migration).
 * The canonical request and record are bytes; every other column is read out of them and can be derived again.
 */
export const llmDecisionReviews = pgTable('llm_decision_reviews', columns, (table) => [
  primaryKey({ columns: [table.id, table.created_at] }),
  uniqueIndex('llm_decision_reviews_chain').on(table.writer_id, table.seq, table.created_at),
  index('llm_decision_reviews_created_at').on(table.created_at, table.id),
  index('llm_decision_reviews_trade_decision_id').on(table.trade_decision_id),
  index('llm_decision_reviews_symbol').on(table.symbol, table.created_at),
  index('llm_decision_reviews_verdict').on(table.verdict, table.created_at),
  index('llm_decision_reviews_artifact_hash').on(table.artifact_hash, table.created_at),
  index('llm_decision_reviews_fallback_cause')
    .on(table.fallback_cause, table.created_at)
    .where(sql`fallback_cause is not null`),
  ...closedLists(table),
  ...hashes(table),
  check('llm_decision_reviews_seq', sql`${table.seq} >= 1`),
  check('llm_decision_reviews_confidence', sql`${table.confidence} between 0 and 1`),
  check('llm_decision_reviews_tokens', sql`${table.tokens_prompt} >= 0 and ${table.tokens_completion} >= 0`),
  check('llm_decision_reviews_adjusted', sql`(${table.adjusted_qty} is not null) = (${table.verdict} = 'adjust')`),
  check('llm_decision_reviews_shadow', sql`${table.shadow_of} <> ${table.id} and ${table.duplicate_of} <> ${table.id}`),
])

type Columns = Record<keyof typeof columns, AnyPgColumn>

function closedLists(table: Columns) {
  const words = {
    verdict: Verdict.options,
    advice_verdict: AdviceVerdict.options,
    adjusted_order_type: OrderType.options,
    fallback_cause: FallbackCause.options,
    llm_skipped: SkipReason.options,
    artifact_kind: ['bootstrap', 'seed', 'compiled'],
    executor: ['heuristic', 'dspy_live'],
    arm: Arm.options,
    stage: Stage.options,
    clock: ['wall', 'replay'],
    hash_version: [HASH_VERSION],
  } as const
  return Object.entries(words).map(([name, list]) =>
    check(`llm_decision_reviews_${name}_known`, oneOf(table[name as keyof typeof words], list)),
  )
}

function hashes(table: Columns) {
  const plain = ['artifact_hash', 'prompt_hash', 'response_hash', 'prev_hash', 'row_hash'] as const
  return [
    ...plain.map((name) => check(`llm_decision_reviews_${name}_form`, isSha256(table[name]))),
    check('llm_decision_reviews_request_hash_of', isHashOf(table.request_hash, table.request_bytes)),
    check('llm_decision_reviews_record_hash_of', isHashOf(table.record_hash, table.response_bytes)),
  ]
}
