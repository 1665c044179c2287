import type { ChainFinding } from '@torghut/audit'

import type { CheckpointFinding } from './attestation.ts'
import type { LogFinding } from './verify-logs.ts'

/** One thing that is not as it was written, and where. */
export type Finding =
  | ({ kind: 'chain' } & ChainFinding)
  | ({ kind: 'checkpoint' } & CheckpointFinding)
  | ({ kind: 'log'; fault: 'rows' } & LogFinding)
  | { kind: 'policy'; policy_hash: string; fault: 'bytes' | 'missing' }
  | { kind: 'keys'; fault: 'lost'; keys: number }
  | { kind: 'archive'; month: string; fault: 'not_given' | 'manifest' }

/** What a verification found. */
export interface AuditReport {
  ok: boolean
  writers: number
  /** Rows read, archives included. */
  rows: number
  archived_rows: number
  /** The first of them; `finding_count` counts all. */
  findings: Finding[]
  finding_count: number
  attestation: {
    /** Why rows are or are not attested, as one word. */
    state: 'attested' | 'no_key' | 'no_checkpoints'
    checkpoints: number
    trusted_checkpoints: number
    last_checkpoint_at: string | null
    attested_rows: number
    unattested_rows: number
    /** When the oldest row behind the last checkpoint was written, and how long ago that is. */
    unattested_since: string | null
    unattested_seconds: number | null
  }
  seconds: number
  rows_per_second: number
  peak_rss_mib: number
  threads: number
}

/** The report for people: what is wrong and where, then what is proved and what is not. */
export function reportLines(report: AuditReport): string[] {
  const { findings, finding_count: count } = report
  const more = count > findings.length ? [`  … and ${count - findings.length} more`] : []
  return [
    ...(count === 0 ? [] : [`${count} finding(s):`, ...findings.map((finding) => `  ${inWords(finding)}`), ...more, '']),
    `${report.ok ? 'ok' : 'BROKEN'}: ${report.rows} rows of ${report.writers} writer(s)${archived(report)}`,
    ...attestationLines(report.attestation),
    `read in ${report.seconds.toFixed(1)} s, ${report.rows_per_second} rows/s, ${report.peak_rss_mib} MiB at most`,
  ]
}

function archived({ archived_rows: rows }: AuditReport): string {
  return rows === 0 ? '' : `, ${rows} of them from archives`
}

function attestationLines(attestation: AuditReport['attestation']): string[] {
  const { state, checkpoints, last_checkpoint_at: lastAt, attested_rows: attested, unattested_rows: tail } = attestation
  if (state === 'no_key') {
    return [`unattested: no key was given to check ${checkpoints} checkpoint(s) with (--key); a chain rewritten as a whole would not show`]
  }
  if (state === 'no_checkpoints') return ['unattested: there is no checkpoint; a chain rewritten as a whole would not show']
  const since = attestation.unattested_since
  const age = since === null ? '' : `, the oldest written ${attestation.unattested_seconds} s ago (${since})`
  return [
    `attested: ${attested} rows by ${attestation.trusted_checkpoints} checkpoint(s), the last at ${lastAt}`,
    `unattested tail: ${tail} row(s)${age}`,
  ]
}

function inWords(finding: Finding): string {
  if (finding.kind === 'chain') return chainWords(finding)
  if (finding.fault === 'none') return CHECKPOINT_WORDS.none
  if (finding.kind === 'checkpoint') return `checkpoint ${finding.number}  ${CHECKPOINT_WORDS[finding.fault]}`
  if (finding.kind === 'log') return `table ${finding.table}  its rows are not those that checkpoint ${finding.number} saw`
  if (finding.kind === 'keys') return `idempotency keys  ${finding.keys} of them name reviews that are gone: rows were deleted`
  if (finding.kind === 'policy') return `policy ${finding.policy_hash}  ${POLICY_WORDS[finding.fault]}`
  if (finding.fault === 'manifest') return `archive ${finding.month}  its files are not those that were archived`
  return `archive ${finding.month}  its rows are in files that were not given (--archive)`
}

function chainWords({ writer_id: writerId, seq, last_seq: lastSeq, fault, column }: ChainFinding): string {
  const place = seq === lastSeq ? `row ${seq}` : `rows ${seq} to ${lastSeq}`
  const where = fault.startsWith('writer_') || fault === 'unplaced' ? `writer ${writerId}` : `writer ${writerId}  ${place}`
  return `${where}  ${CHAIN_WORDS[fault]}${column === null ? '' : ` (${column})`}`
}

const CHAIN_WORDS: Record<ChainFinding['fault'], string> = {
  request_hash: 'edited: the request is not the one that was hashed',
  record_hash: 'edited: the record is not the one that was hashed',
  row_hash: 'edited: a column is not the one that was hashed',
  unreadable: 'edited: its bytes are no review',
  column: 'edited: a column does not repeat the record',
  prev_hash: 'rewritten or moved: it does not follow the row before it',
  gap: 'deleted',
  repeated: 'inserted: the place is taken twice',
  tail: 'truncated: missing at the end',
  unplaced: 'inserted: a row of this writer has no place in the chain',
  beyond: 'inserted: no batch of the writer committed it',
  batch: 'rewritten: not the row that its batch committed',
  checkpoint: 'rewritten: not the row that a signed checkpoint names',
  writer_missing: 'its registration is gone, or never was',
  writer_changed: 'its registration is not the one its chain began with',
}

const POLICY_WORDS = { bytes: 'its bytes have another hash', missing: 'is gone, and rows name it' } as const

const CHECKPOINT_WORDS: Record<CheckpointFinding['fault'], string> = {
  unreadable: 'forged: no checkpoint',
  not_canonical: 'forged: not spelled as it was signed',
  number: 'one before it is missing',
  previous_hash: 'forged, or the one before it: it names another predecessor',
  heads: 'forged: it does not name the writers it should',
  head_moved_back: 'a chain is shorter in it than in the one before',
  merkle_root: 'forged: its root is not that of its heads',
  columns: 'edited: its row says something else than what was signed',
  none: 'checkpoints  there is none, though a key was given: all were deleted, or none was ever signed',
  signature: 'forged: not signed with the key it names',
  unknown_key: 'signed with a key that was not given',
  differs: 'is not the one in the file',
  missing: 'is in the file and not in the database',
}
