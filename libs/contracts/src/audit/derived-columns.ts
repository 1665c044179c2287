import type { ReviewRecord } from '../review/answer.ts'
import type { ReviewSubmission } from '../review/submission.ts'
import type { AuditRow } from './audit-row.ts'

/** What the writer adds when it gives a row its place. */
export type ChainPlace = 'writer_id' | 'seq' | 'prev_hash' | 'row_hash' | 'created_at'

/** What only the entry knows; every other column is read out of the submission and the record. */
type EntryOnly = 'idempotency_key' | 'known_at' | 'shadow_of' | 'duplicate_of'

type Bytes = 'request_bytes' | 'response_bytes' | 'record_hash'

export type DerivedColumns = Omit<AuditRow, ChainPlace | EntryOnly | Bytes>

/** Every column that repeats something of the bytes, in the form PostgreSQL gives it back. */
export function deriveColumns(submission: ReviewSubmission, record: ReviewRecord): DerivedColumns {
  const { decision } = submission.request
  const { advice, lineage } = record
  return {
    ...adviceColumns(advice),
    ...adjustment(record),
    ...lineageColumns(lineage),
    id: record.review_id,
    trade_decision_id: record.trade_decision_id,
    strategy_id: decision.strategy_id,
    symbol: decision.symbol,
    verdict: record.verdict,
    reason: record.reason,
    fallback_cause: record.fallback?.cause ?? null,
    llm_skipped: record.llm_skipped,
    prompt_version: submission.request.prompt_version,
    clock: record.clock,
    tokens_prompt: record.usage?.tokens_prompt ?? null,
    tokens_completion: record.usage?.tokens_completion ?? null,
    event_at: new Date(decision.event_ts),
    reviewed_at: new Date(record.reviewed_at),
    valid_until: new Date(record.valid_until),
  }
}

function adviceColumns(advice: ReviewRecord['advice']) {
  return {
    advice_verdict: advice?.verdict ?? null,
    confidence: advice?.confidence.toFixed(CONFIDENCE_PLACES) ?? null,
    rationale: advice?.rationale ?? null,
    risk_flags: advice?.risk_flags ?? [],
  }
}

/** Places of `numeric(6,4)`; rounded here so that writer and verifier round alike. */
const CONFIDENCE_PLACES = 4

function adjustment({ verdict, decision }: ReviewRecord) {
  if (verdict !== 'adjust' || decision === null) return { adjusted_qty: null, adjusted_order_type: null }
  return { adjusted_qty: eightPlaces(decision.qty), adjusted_order_type: decision.order_type }
}

/** Explicit, so that a field added to the lineage does not become a column by accident. */
function lineageColumns(lineage: ReviewRecord['lineage']) {
  return {
    model: lineage.model,
    simulated: lineage.simulated,
    program_name: lineage.program_name,
    signature_version: lineage.signature_version,
    artifact_hash: lineage.artifact_hash,
    artifact_kind: lineage.artifact_kind,
    executor: lineage.executor,
    arm: lineage.arm,
    stage: lineage.stage,
    prompt_hash: lineage.prompt_hash,
    request_hash: lineage.request_hash,
    response_hash: lineage.response_hash,
    hash_version: lineage.hash_version,
    policy_hash: lineage.policy_hash,
    engine_version: lineage.engine_version,
  }
}

/** A decimal the way `numeric(28,8)` prints it: no leading zeros, eight places, no minus zero. */
export function eightPlaces(decimal: string): string {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.')
  const units = BigInt(whole + fraction.padEnd(8, '0'))
  const digits = units.toString().padStart(9, '0')
  const sign = decimal.startsWith('-') && units !== 0n ? '-' : ''
  return `${sign}${digits.slice(0, -8)}.${digits.slice(-8)}`
}
