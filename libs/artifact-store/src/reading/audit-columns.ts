import type { AuditRow } from '@torghut/contracts'

import {
  readBoolean,
  readBytes,
  readInstant,
  readInt4,
  readInt8,
  readJsonText,
  readText,
  readUuid,
} from './copy-binary.ts'
import type { FieldReaders } from './copy-binary.ts'

/** How each column of a review is read, in the order they are selected. */
export const AUDIT_COLUMNS: FieldReaders<AuditRow> = {
  id: readUuid,
  trade_decision_id: readUuid,
  idempotency_key: readText,
  strategy_id: readText,
  symbol: readText,
  verdict: readText,
  reason: readText,
  advice_verdict: readText,
  confidence: readText,
  adjusted_qty: readText,
  adjusted_order_type: readText,
  rationale: readText,
  risk_flags: readJsonText<string[]>,
  fallback_cause: readText,
  llm_skipped: readText,
  model: readText,
  prompt_version: readText,
  program_name: readText,
  signature_version: readText,
  artifact_hash: readText,
  artifact_kind: readText,
  executor: readText,
  arm: readText,
  stage: readText,
  clock: readText,
  simulated: readBoolean,
  tokens_prompt: readInt4,
  tokens_completion: readInt4,
  prompt_hash: readText,
  request_hash: readText,
  response_hash: readText,
  record_hash: readText,
  hash_version: readText,
  policy_hash: readText,
  engine_version: readText,
  event_at: readInstant,
  known_at: readInstant,
  reviewed_at: readInstant,
  valid_until: readInstant,
  shadow_of: readUuid,
  duplicate_of: readUuid,
  writer_id: readUuid,
  seq: readInt8,
  prev_hash: readText,
  row_hash: readText,
  created_at: readInstant,
  request_bytes: readBytes,
  response_bytes: readBytes,
}

/** Columns whose binary form is not worth a reader of its own are sent as the text PostgreSQL prints. */
const AS_TEXT: Partial<Record<keyof AuditRow, string>> = {
  confidence: 'confidence::text',
  adjusted_qty: 'adjusted_qty::text',
  risk_flags: 'array_to_json(risk_flags)::text',
}

/** The select list that `AUDIT_COLUMNS` reads. */
export const AUDIT_SELECT = (Object.keys(AUDIT_COLUMNS) as (keyof AuditRow)[])
  .map((name) => AS_TEXT[name] ?? name)
  .join(', ')
