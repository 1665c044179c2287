import { LeakKind, Segment } from '@torghut/contracts'
import type { DatasetRow, SourceRef } from '@torghut/contracts'

import { Column } from '../columns/column.ts'
import { lineageFaults, statedTimes } from '../dataset/sources.ts'
import { labelsEndAt } from '../labels/labels.ts'
import { TwinIndex } from '../split/twin-index.ts'
import { ceilMs, compareInstants, floorMs } from '../time/instants.ts'
import { FeatureLeaks } from './feature-leaks.ts'
import type { SourceHistory } from './source-history.ts'

/** One leak: what kind, where it was seen, and the row when one row shows it. */
export interface LeakFinding {
  kind: LeakKind
  rowId: string | null
  path: string
}

/** What a scan looked for and found. A set is clean when every kind was looked for and nothing was found. */
export interface LeakReport {
  kindsChecked: LeakKind[]
  /** All of them, while at most a hundred are listed. */
  findings: number
  listed: LeakFinding[]
}

export interface LeakScanOptions {
  embargoSeconds: number
  /** What was known when; without it revisions cannot be told apart, and that kind stays unchecked. */
  history: SourceHistory | null
}

/** Findings listed: who reads them fixes the first and scans again. */
const LISTED_MAX = 100

type Find = (kind: LeakKind, path: string) => void

/**
 * Looks for leaks in a finished set while its rows stream by: data later than the decision, the result among the
 * features, twins on two sides, labels that reach into the next part, revisions nobody could have known, and the
 * decision's own record. It trusts nothing the builder did.
 */
export class LeakScan {
  readonly #options: LeakScanOptions
  readonly #features = new FeatureLeaks()
  readonly #twins = new TwinIndex()
  readonly #segments = new Column((length) => new Uint8Array(length))
  /** For each part the label that ends last, and the first decision. */
  readonly #lastEnd = Segment.options.map(() => ({ ms: -Infinity, rowId: '' }))
  readonly #firstMs = Segment.options.map(() => Infinity)
  readonly #listed: LeakFinding[] = []
  #findings = 0

  constructor(options: LeakScanOptions) {
    this.#options = options
  }

  /** Takes the next row and the part it is in. */
  add(row: DatasetRow, segment: Segment): void {
    const find = (kind: LeakKind, path: string) => this.#find({ kind, rowId: row.row_id, path })
    for (const source of row.sources) this.#checkSource(row, source, find)
    checkInput(row, find)
    for (const path of this.#features.add(row)) find('result_in_features', path)
    row.input.request.recent_decisions.forEach(({ decision_id }, at) => {
      if (decision_id.toLowerCase() === row.trade_decision_id) find('own_record', `request.recent_decisions.${at}`)
    })
    this.#checkTwin(row, segment, find)
    this.#learnHorizon(row, segment)
  }

  /** What was found in all rows together. */
  finish(): LeakReport {
    for (const path of this.#features.finish()) this.#find({ kind: 'result_in_features', rowId: null, path })
    const embargoMs = this.#options.embargoSeconds * 1000
    this.#lastEnd.slice(0, -1).forEach(({ ms, rowId }, part) => {
      const nextMs = Math.min(...this.#firstMs.slice(part + 1))
      const path = `${Segment.options[part]}.label_ends_at`
      if (ms + embargoMs >= nextMs) this.#find({ kind: 'horizon_overlap', rowId, path })
    })
    const kindsChecked = LeakKind.options.filter((kind) => kind !== 'revised_data' || this.#options.history !== null)
    return { kindsChecked, findings: this.#findings, listed: this.#listed }
  }

  #checkSource(row: DatasetRow, source: SourceRef, find: Find): void {
    const { decided_at: decidedAt, symbol } = row
    const isLate = [source.event_at, source.known_at].some((at) => compareInstants(at, decidedAt) > 0)
    if (isLate) find('future_bar', source.path)
    const known = this.#options.history?.hashKnownAt({ ...source, symbol }, decidedAt)
    if (known !== undefined && known !== source.value_hash) find('revised_data', source.path)
  }

  #checkTwin(row: DatasetRow, segment: Segment, find: Find): void {
    const twin = this.#twins.add(row)
    const part = Segment.options.indexOf(segment)
    this.#segments.push(part)
    if (twin !== null && this.#segments.at(twin) !== part) find('twin_across_split', 'input')
  }

  #learnHorizon({ row_id: rowId, decided_at, label_ends_at, labels }: DatasetRow, segment: Segment): void {
    const part = Segment.options.indexOf(segment)
    const ms = Math.max(ceilMs(label_ends_at), ceilMs(labelsEndAt(labels) ?? label_ends_at))
    if (ms > (this.#lastEnd[part]?.ms ?? Infinity)) this.#lastEnd[part] = { ms, rowId }
    this.#firstMs[part] = Math.min(this.#firstMs[part] ?? Infinity, floorMs(decided_at))
  }

  #find(finding: LeakFinding): void {
    this.#findings += 1
    if (this.#listed.length < LISTED_MAX) this.#listed.push(finding)
  }
}

/** What the input says about itself, whatever times and hashes its sources were given. */
function checkInput({ input, sources, decided_at: decidedAt }: DatasetRow, find: Find): void {
  if (compareInstants(decidedAt, input.request.decision.event_ts) !== 0) find('future_bar', 'decided_at')
  for (const { path, eventAt } of statedTimes(input)) {
    if (compareInstants(eventAt, input.request.decision.event_ts) > 0) find('future_bar', path)
  }
  for (const { path, code } of lineageFaults(input, sources)) {
    if (code === 'source_value_mismatch') find('revised_data', path)
  }
}
