/**
 * A stored review as an auditor reads it: every column, in the type a row's hash is made of. Numerics are the text
 * PostgreSQL prints, instants have milliseconds.
 */
export interface AuditRow {
  id: string
  trade_decision_id: string
  idempotency_key: string
  strategy_id: string
  symbol: string
  verdict: string
  reason: string | null
  advice_verdict: string | null
  confidence: string | null
  adjusted_qty: string | null
  adjusted_order_type: string | null
  rationale: string | null
  risk_flags: string[]
  fallback_cause: string | null
  llm_skipped: string | null
  model: string
  prompt_version: string
  program_name: string
  signature_version: string
  artifact_hash: string | null
  artifact_kind: string | null
  executor: string | null
  arm: string
  stage: string
  clock: string
  simulated: boolean
  tokens_prompt: number | null
  tokens_completion: number | null
  prompt_hash: string | null
  request_hash: string
  response_hash: string | null
  record_hash: string
  hash_version: string
  policy_hash: string
  engine_version: string
  event_at: Date
  known_at: Date
  reviewed_at: Date
  valid_until: Date
  shadow_of: string | null
  duplicate_of: string | null
  writer_id: string
  seq: number
  prev_hash: string
  row_hash: string
  created_at: Date
  request_bytes: Uint8Array
  response_bytes: Uint8Array
}
