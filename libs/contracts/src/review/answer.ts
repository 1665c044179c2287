import { z } from 'zod'

import { Decimal, Sha256, Timestamp, Uuid } from '../scalars.ts'
import { ReviewAdvice } from './advice.ts'
import { DecisionBasis } from './decision-basis.ts'
import { GateOutcome } from './gate-outcome.ts'
import { Provenance } from './provenance.ts'
import { Arm, FallbackCause, OrderType, SkipReason, Stage, Verdict } from './vocabulary.ts'

/** The order to send when the verdict is approve or adjust; null on a veto. */
export const ReviewedOrder = z.strictObject({
  qty: Decimal,
  order_type: OrderType,
  limit_price: Decimal.nullable(),
  stop_price: Decimal.nullable(),
})
export type ReviewedOrder = z.output<typeof ReviewedOrder>

/** What produced the advice and what judged it; every hash is `hash_version`. */
export const ReviewLineage = z.strictObject({
  program_name: z.string(),
  signature_version: z.string(),
  artifact_hash: Sha256.nullable(),
  artifact_kind: z.enum(['bootstrap', 'seed', 'compiled']).nullable(),
  executor: z.enum(['heuristic', 'dspy_live']).nullable(),
  model: z.string(),
  simulated: z.boolean(),
  prompt_hash: Sha256.nullable(),
  request_hash: Sha256,
  response_hash: Sha256.nullable(),
  hash_version: z.literal('jcs-sha256-v1'),
  policy_hash: Sha256,
  engine_version: z.string(),
  arm: Arm,
  stage: Stage,
})
export type ReviewLineage = z.output<typeof ReviewLineage>

export const TokenUsage = z.strictObject({
  tokens_prompt: z.int().min(0),
  tokens_completion: z.int().min(0),
})
export type TokenUsage = z.output<typeof TokenUsage>

/** Milliseconds spent up to the record; storing it comes after and is told in a header and a metric. */
export const ReviewTimings = z.strictObject({
  total_ms: z.number(),
  program_ms: z.number().nullable(),
  first_token_ms: z.number().nullable(),
  gates_ms: z.number(),
})

/** A review as it is stored: canonical bytes of this are what the row's hash covers. */
export const ReviewRecord = z.strictObject({
  review_id: Uuid,
  trade_decision_id: Uuid,
  reviewed_at: Timestamp,
  valid_until: Timestamp,
  clock: z.enum(['wall', 'replay']),
  verdict: Verdict,
  reason: z.string().nullable(),
  decision: ReviewedOrder.nullable(),
  advice: ReviewAdvice.nullable(),
  outcomes: z.array(GateOutcome),
  fallback: z.strictObject({ cause: FallbackCause, detail: z.string() }).nullable(),
  llm_skipped: SkipReason.nullable(),
  lineage: ReviewLineage,
  basis: DecisionBasis,
  provenance: Provenance.nullable(),
  usage: TokenUsage.nullable(),
  dropped: z.strictObject({ params: z.int(), positions: z.int(), advice_keys: z.array(z.string()) }),
  timings: ReviewTimings,
})
export type ReviewRecord = z.output<typeof ReviewRecord>

/** Where the record stands in its writer's hash chain. */
export const ChainReceipt = z.strictObject({ writer_id: Uuid, seq: z.int().min(1), row_hash: Sha256 })
export type ChainReceipt = z.output<typeof ChainReceipt>

/**
 * Where the record waits on the disk of the process that decided it, while the database is away: durable as that disk
 * is, and in no chain yet. Once it is drained, the same review is read with its chain's receipt.
 */
export const JournalReceipt = z.strictObject({
  state: z.literal('journalled'),
  journal_id: Uuid,
  position: z.int().min(1),
  /** SHA-256 of the journalled bytes. */
  checksum: Sha256,
})
export type JournalReceipt = z.output<typeof JournalReceipt>

/** Where the record is durable. */
export const Receipt = z.union([ChainReceipt, JournalReceipt])
export type Receipt = z.output<typeof Receipt>

/**
 * The answer of `POST /v1/reviews`: the stored record and its receipt. It holds nothing that is known only after the
 * record was written (that time travels in the `Server-Timing` header), so every answer of one review is equal; only the
 * receipt of a journalled one changes, once, when it is drained.
 */
export const ReviewAnswer = ReviewRecord.extend({ receipt: Receipt })
export type ReviewAnswer = z.output<typeof ReviewAnswer>
