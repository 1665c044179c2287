import { randomUUID } from 'node:crypto'

import {
  HASH_VERSION,
  ReviewRecord,
  ReviewSubmission,
  canonicalJson,
  chainRowHash,
  deriveColumns,
  genesisHash,
  hashJson,
  sha256Hex,
} from '@torghut/contracts'
import type { AuditRow } from '@torghut/contracts'
import { exampleGatePolicy, exampleSubmission } from '@torghut/contracts/testing'

/** A review before it has a place in a chain. */
export interface SampleReview {
  submission: ReviewSubmission
  record: ReviewRecord
}

export interface SampleChain {
  writerId: string
  engineVersion: string
  startedAt: Date
  genesisHash: string
  rows: AuditRow[]
}

const STARTED_AT = new Date('2026-02-27T15:00:00Z')

/** A chain of that many rows as a writer would have written them, a second apart, about the given reviews. */
export function sampleRows(count: number, review: (index: number) => SampleReview = sampleReview): SampleChain {
  const writer = { writerId: randomUUID(), engineVersion: '0.1.0', startedAt: STARTED_AT }
  const genesis = genesisHash(writer)
  const rows: AuditRow[] = []
  for (let index = 0; index < count; index += 1) {
    const place = { writer_id: writer.writerId, seq: index + 1, prev_hash: rows.at(-1)?.row_hash ?? genesis }
    rows.push(sampleRow(review(index), place))
  }
  return { ...writer, genesisHash: genesis, rows }
}

/** The row of a review at a place of a chain. */
export function sampleRow(
  { submission, record }: SampleReview,
  place: Pick<AuditRow, 'writer_id' | 'seq' | 'prev_hash'>,
): AuditRow {
  const response_bytes = Buffer.from(canonicalJson(record))
  const row = {
    ...deriveColumns(submission, record),
    ...place,
    idempotency_key: submission.trade_decision_id,
    known_at: new Date(record.reviewed_at),
    shadow_of: null,
    duplicate_of: null,
    record_hash: sha256Hex(response_bytes),
    created_at: new Date(STARTED_AT.getTime() + place.seq * 1000),
    request_bytes: Buffer.from(canonicalJson(submission)),
    response_bytes,
  }
  return { ...row, row_hash: chainRowHash(row) }
}

/** An adjusted review, so that every column has something to repeat. */
export function sampleReview(): SampleReview {
  const submission = ReviewSubmission.parse({ ...exampleSubmission(), trade_decision_id: randomUUID() })
  const record = ReviewRecord.parse({
    review_id: randomUUID(),
    trade_decision_id: submission.trade_decision_id,
    reviewed_at: '2026-02-27T15:31:01.000Z',
    valid_until: '2026-02-27T15:32:01.000Z',
    clock: 'wall',
    verdict: 'adjust',
    reason: null,
    decision: { qty: '5', order_type: 'market', limit_price: null, stop_price: null },
    advice: {
      verdict: 'adjust',
      confidence: 0.8125,
      confidence_band: 'high',
      calibrated_probabilities: { approve: 0.05, veto: 0.05, adjust: 0.8, abstain: 0.05, escalate: 0.05 },
      uncertainty: { score: 0.19, band: 'low' },
      adjusted_qty: '5',
      rationale: 'Half the size — "gap" risk',
      risk_flags: ['gap_risk', 'a "quoted", flag'],
    },
    outcomes: [],
    fallback: null,
    llm_skipped: null,
    lineage: {
      program_name: 'trade-review-committee-v1',
      signature_version: 'v1',
      artifact_hash: hashJson('artifact'),
      artifact_kind: 'seed',
      executor: 'dspy_live',
      model: 'gpt-5.3-codex-spark',
      simulated: true,
      prompt_hash: hashJson('prompt'),
      request_hash: hashJson(submission),
      response_hash: hashJson('answer'),
      hash_version: HASH_VERSION,
      policy_hash: hashJson(exampleGatePolicy()),
      engine_version: '0.1.0',
      arm: 'base',
      stage: 'paper',
    },
    basis: {
      decided_at: '2026-02-27T15:31:01.000Z',
      mandatory_roles: [],
      controls: { as_of: '2026-02-27T15:31:00.000Z', age_ms: 0, in_force: [] },
      durable: true,
    },
    provenance: null,
    usage: { tokens_prompt: 900, tokens_completion: 120 },
    dropped: { params: 0, positions: 0, advice_keys: [] },
    timings: { total_ms: 41.5, program_ms: 40.25, first_token_ms: 12, gates_ms: 0.5 },
  })
  return { submission, record }
}
