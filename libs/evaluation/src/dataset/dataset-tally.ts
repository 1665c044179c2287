import { createHash } from 'node:crypto'

import { canonicalJson } from '@torghut/contracts'
import type { DatasetManifest, DatasetRow, DatasetSelection, Segment, SplitManifest } from '@torghut/contracts'

import { RowsOutOfOrderError } from '../errors.ts'
import { compareInstants } from '../time/instants.ts'

/**
 * Counts and hashes rows as they stream by, in order of decision time and row id; memory grows with symbols, not rows.
 * Throws `RowsOutOfOrderError`: another order would be another hash.
 */
export class DatasetTally {
  readonly #digest = createHash('sha256')
  readonly #counts = {
    regime: new Map(),
    label: new Map(),
    basis: new Map(),
    symbol: new Map(),
    leftOut: new Map(),
  } satisfies Record<string, Map<string, number>>
  #rows = 0
  #sources = 0
  #first: DatasetRow | null = null
  #last: DatasetRow | null = null

  /** Takes the next row; returns its line as it is hashed and may be stored, without the line feed. */
  add(row: DatasetRow): string {
    if (this.#last !== null && compareRows(this.#last, row) >= 0)
      throw new RowsOutOfOrderError(this.#last.row_id, row.row_id)
    const line = canonicalJson(row)
    this.#digest.update(line).update('\n')
    this.#rows += 1
    this.#sources += row.sources.length
    this.#first ??= row
    this.#last = row
    count(this.#counts.regime, row.regime)
    count(this.#counts.label, row.label)
    count(this.#counts.basis, row.label_basis)
    count(this.#counts.symbol, row.symbol)
    return line
  }

  /** Counts a decision of the window that is not in the set. */
  leaveOut(reason: string): void {
    count(this.#counts.leftOut, reason)
  }

  get rows(): number {
    return this.#rows
  }

  /**
   * The manifest of all rows so far; null without rows, since an empty set is none. The tally cannot go on after it.
   */
  manifest(selection: DatasetSelection): DatasetManifest | null {
    if (this.#first === null || this.#last === null) return null
    return {
      schema_version: 'torghut.dataset-manifest.v1',
      selection,
      ...this.#range(),
      by_basis: toRecord(this.#counts.basis),
      by_symbol: sorted(this.#counts.symbol).map(([symbol, rows]) => ({ symbol, rows })),
      left_out: toRecord(this.#counts.leftOut),
      sources: this.#sources,
    }
  }

  /** The same as one part of a split. */
  segment(): SplitManifest['segments'][Segment] | null {
    return this.#first === null ? null : this.#range()
  }

  #range() {
    const [first, last] = [this.#first as DatasetRow, this.#last as DatasetRow]
    return {
      rows: this.#rows,
      rows_hash: this.#digest.digest('hex'),
      first_decided_at: first.decided_at,
      last_decided_at: last.decided_at,
      by_regime: toRecord(this.#counts.regime),
      by_label: toRecord(this.#counts.label),
    }
  }
}

/** The order of every set: by decision time, then by row id. */
export function compareRows(
  a: Pick<DatasetRow, 'decided_at' | 'row_id'>,
  b: Pick<DatasetRow, 'decided_at' | 'row_id'>,
): number {
  return compareInstants(a.decided_at, b.decided_at) || (a.row_id < b.row_id ? -1 : a.row_id > b.row_id ? 1 : 0)
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function sorted(counts: Map<string, number>): [string, number][] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
}

function toRecord(counts: Map<string, number>): Record<string, number> {
  return Object.fromEntries(sorted(counts))
}
