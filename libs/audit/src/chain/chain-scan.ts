import { verifyRow } from '@torghut/contracts'
import type { AuditRow } from '@torghut/contracts'

import type { ChainFinding } from './finding.ts'

/** A place of a chain whose hash is known from elsewhere: a checkpoint, or the note of a committed batch. */
export interface ChainPoint {
  seq: number
  rowHash: string
  from: 'checkpoint' | 'batch'
}

/** Rows that follow each other without a gap: where they begin and end, and which hashes stand at both ends. */
export interface ChainRun {
  firstSeq: number
  lastSeq: number
  /** What the first of them names as its predecessor. */
  prevHash: string
  lastHash: string
}

export interface ScanOptions {
  writerId: string
  points: readonly ChainPoint[]
  /** The last place a checkpoint has signed; 0 for none. */
  attestedSeq: number
}

export interface ScanResult {
  rows: number
  runs: ChainRun[]
  /** The first of them; a chain that was rewritten from end to end need not be listed row by row. */
  findings: ChainFinding[]
  findingCount: number
  /** Rows behind the attested place, and when the oldest of them was written. */
  unattestedRows: number
  unattestedSince: string | null
  /** Hashes of the policies that the rows name. */
  policies: Set<string>
}

/** Most findings one scan lists; it counts them all. */
const FINDINGS_MAX = 1_000

/**
 * Checks rows of one writer as they come, ordered by `seq`: each by itself, each against the one before, and against
 * the points. Holds runs and findings, never rows, so a chain of any length needs the same memory. Whether
 * the runs join is for `joinRuns` to say, since parts of a chain may be read from different places.
 */
export class ChainScan {
  readonly #writerId: string
  readonly #points: Map<number, ChainPoint[]>
  readonly #attestedSeq: number
  readonly #result: ScanResult = {
    rows: 0,
    runs: [],
    findings: [],
    findingCount: 0,
    unattestedRows: 0,
    unattestedSince: null,
    policies: new Set(),
  }

  #unattestedSinceMs = Infinity

  constructor({ writerId, points, attestedSeq }: ScanOptions) {
    this.#writerId = writerId
    this.#points = Map.groupBy(points, ({ seq }) => seq)
    this.#attestedSeq = attestedSeq
  }

  get result(): ScanResult {
    return this.#result
  }

  add(row: AuditRow): void {
    this.#result.rows += 1
    this.#result.policies.add(row.policy_hash)
    this.#link(row)
    const wrong = verifyRow(row)
    if (wrong !== null) this.#find(row.seq, wrong.fault, wrong.column)
    for (const point of this.#points.get(row.seq) ?? []) {
      if (point.rowHash !== row.row_hash) this.#find(row.seq, point.from, null)
    }
    if (row.seq > this.#attestedSeq) this.#noteUnattested(row)
  }

  #link(row: AuditRow): void {
    const run = this.#result.runs.at(-1)
    if (run === undefined || row.seq !== run.lastSeq + 1) {
      this.#result.runs.push({ firstSeq: row.seq, lastSeq: row.seq, prevHash: row.prev_hash, lastHash: row.row_hash })
      return
    }
    if (row.prev_hash !== run.lastHash) this.#find(row.seq, 'prev_hash', null)
    run.lastSeq = row.seq
    run.lastHash = row.row_hash
  }

  #noteUnattested(row: AuditRow): void {
    this.#result.unattestedRows += 1
    const atMs = timeMs(row.created_at)
    if (!(atMs < this.#unattestedSinceMs)) return
    this.#unattestedSinceMs = atMs
    this.#result.unattestedSince = new Date(atMs).toISOString()
  }

  #find(seq: number, fault: ChainFinding['fault'], column: string | null): void {
    this.#result.findingCount += 1
    if (this.#result.findings.length === FINDINGS_MAX) return
    this.#result.findings.push({ writer_id: this.#writerId, seq, last_seq: seq, fault, column })
  }
}

/** A time may be gone where somebody took the column's NOT NULL away. */
function timeMs(at: Date | null): number {
  return at === null ? Number.NaN : at.getTime()
}
