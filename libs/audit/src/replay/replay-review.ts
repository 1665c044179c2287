import { GatePolicy, ReviewRecord, ReviewSubmission, canonicalJson, sha256Hex } from '@torghut/contracts'
import type { AuditRow } from '@torghut/contracts'
import { ENGINE_VERSION, decideAgain } from '@torghut/gates'
import type { z } from 'zod'

import { jsonDifferences } from './json-differences.ts'
import type { JsonDifference } from './json-differences.ts'

/** What a stored review is replayed from, and nothing else: its bytes, and those of the policy it names. */
export interface StoredBytes extends Pick<AuditRow, 'request_bytes' | 'response_bytes'> {
  /** Undefined when no policy of this hash is stored. */
  policyBytes: Uint8Array | undefined
}

/** Which of the stored bytes is meant. */
export type StoredPart = 'request' | 'record' | 'policy'

/**
 * What came of a replay: `same`, `different` (field by field), `engine_missing` (another version decided it, so this
 * one has no say), `policy_missing`, `unreadable` (bytes that are not what they should be) or `respelled` (they parse, but
 * not to the same bytes again).
 */
export type ReplayOutcome =
  | { state: 'same' }
  | { state: 'different'; differences: JsonDifference[] }
  | { state: 'engine_missing'; engineVersion: string }
  | { state: 'policy_missing'; policyHash: string }
  | { state: 'unreadable' | 'respelled'; part: StoredPart }

/** Decides a stored review again, offline, and compares verdict, reason, decision and outcomes byte for byte. */
export function replayReview(stored: StoredBytes): ReplayOutcome {
  const engineVersion = engineOf(stored.response_bytes)
  if (engineVersion === null) return { state: 'unreadable', part: 'record' }
  if (engineVersion !== ENGINE_VERSION) return { state: 'engine_missing', engineVersion }
  const record = reparse(ReviewRecord, stored.response_bytes, 'record')
  if (!record.ok) return record.outcome
  const submission = reparse(ReviewSubmission, stored.request_bytes, 'request')
  if (!submission.ok) return submission.outcome
  const { policy_hash: policyHash } = record.value.lineage
  if (stored.policyBytes === undefined) return { state: 'policy_missing', policyHash }
  const policy = reparse(GatePolicy, stored.policyBytes, 'policy')
  if (!policy.ok) return policy.outcome
  if (sha256Hex(stored.policyBytes) !== policyHash) return { state: 'unreadable', part: 'policy' }
  return compare(record.value, submission.value, policy.value)
}

function compare(record: ReviewRecord, submission: ReviewSubmission, policy: GatePolicy): ReplayOutcome {
  const { advice, fallback, llm_skipped: llmSkipped, basis, lineage } = record
  const fallbackCause = fallback?.cause ?? null
  const settled = decideAgain({ submission, advice, fallbackCause, llmSkipped, basis, stage: lineage.stage, policy })
  const replayed = ruling(settled)
  const stored = ruling(record)
  if (canonicalJson(stored) === canonicalJson(replayed)) return { state: 'same' }
  return { state: 'different', differences: jsonDifferences(stored, replayed) }
}

/** The part of a record that the gates decide. */
function ruling({ verdict, reason, decision, outcomes }: Pick<ReviewRecord, 'verdict' | 'reason' | 'decision' | 'outcomes'>) {
  return { verdict, reason, decision, outcomes }
}

type Reparsed<T> = { ok: true; value: T } | { ok: false; outcome: ReplayOutcome }

/** Reads bytes by their schema and holds what they parse to, written canonically, against them. */
function reparse<Schema extends z.ZodType>(schema: Schema, bytes: Uint8Array, part: StoredPart): Reparsed<z.output<Schema>> {
  const text = Buffer.from(bytes).toString('utf8')
  const parsed = schema.safeParse(parseJson(text))
  if (!parsed.success) return { ok: false, outcome: { state: 'unreadable', part } }
  if (canonicalJson(parsed.data) !== text) return { ok: false, outcome: { state: 'respelled', part } }
  return { ok: true, value: parsed.data }
}

/** Read without the schema, which another version's record need not fit. */
function engineOf(recordBytes: Uint8Array): string | null {
  const record = parseJson(Buffer.from(recordBytes).toString('utf8')) as { lineage?: { engine_version?: unknown } } | null
  const version = record?.lineage?.engine_version
  return typeof version === 'string' ? version : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
