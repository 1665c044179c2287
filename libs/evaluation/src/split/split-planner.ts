import { RegimeBucket, Segment, sha256Hex } from '@torghut/contracts'
import type { DatasetRow, SplitManifest, SplitRule } from '@torghut/contracts'

import { Column } from '../columns/column.ts'
import { compareRows } from '../dataset/dataset-tally.ts'
import { RowsOutOfOrderError } from '../errors.ts'
import { ceilMs, floorMs } from '../time/instants.ts'
import { TwinIndex } from './twin-index.ts'

/** Why a row is in no part. */
export type LeftOutOfSplit = keyof SplitManifest['left_out']

/** Which part each row goes to, by its number; or what is missing, by part, when there is too little. */
export type SplitPlan =
  | {
      ok: true
      segmentOf(index: number): Segment | null
      leftOut: SplitManifest['left_out']
      /** First instants of validation and test, in milliseconds since 1970. */
      startsMs: { validation: number; test: number }
    }
  | { ok: false; code: 'dataset_too_small'; missing: Record<Segment, Partial<Record<RegimeBucket | 'rows', number>>> }

/** How far the two cuts may be moved to give every part its regimes, in shares of the rows: nearest first. */
const SHIFTS = [0, 0.025, -0.025, 0.05, -0.05, 0.075, -0.075, 0.1, -0.1]

/** Codes of a row's place: the number of its part, or one of these. */
const PURGED = 10
const TWIN = 11
const BALANCE = 12
const LEFT_OUT: readonly [number, LeftOutOfSplit][] = [
  [PURGED, 'purged'],
  [TWIN, 'twin'],
  [BALANCE, 'balance'],
]

/**
 * Cuts a set by time into train, validation and test. A row whose label is still open when the next part begins, or
 * ends within the embargo before it, is purged; so no part was labelled by what another is tested on (López de Prado,
 * "Advances in Financial Machine Learning", 2018, sections 7.4.1 and 7.4.2). A near-duplicate stays on the side of the
 * first of its kind; a regime that fills a part is thinned by a draw that depends on seed and row alone. Keeps about a
 * hundred bytes of a row, outside the heap.
 */
export class SplitPlanner {
  readonly #rule: SplitRule
  readonly #decidedMs = new Column((length) => new Float64Array(length))
  readonly #endsMs = new Column((length) => new Float64Array(length))
  readonly #regime = new Column((length) => new Uint8Array(length))
  readonly #twin = new Column((length) => new Int32Array(length))
  readonly #draw = new Column((length) => new Uint32Array(length))
  readonly #twins = new TwinIndex()
  #last: Pick<DatasetRow, 'decided_at' | 'row_id'> | null = null

  constructor(rule: SplitRule) {
    this.#rule = rule
  }

  /** Takes the next row, in the order of the set. */
  add(row: DatasetRow): void {
    if (this.#last !== null && compareRows(this.#last, row) >= 0)
      throw new RowsOutOfOrderError(this.#last.row_id, row.row_id)
    this.#last = { decided_at: row.decided_at, row_id: row.row_id }
    this.#decidedMs.push(floorMs(row.decided_at))
    this.#endsMs.push(ceilMs(row.label_ends_at))
    this.#regime.push(RegimeBucket.options.indexOf(row.regime))
    this.#twin.push(this.#twins.add(row) ?? -1)
    this.#draw.push(Number.parseInt(sha256Hex(`${this.#rule.seed}/${row.row_id}`).slice(0, 8), 16))
  }

  /** Where the cuts are, moved as little as the regimes ask for. */
  plan(): SplitPlan {
    let nearest: SplitPlan | null = null
    for (const [first, second] of shiftPairs()) {
      const plan = this.#planAt(first, second)
      if (plan.ok) return plan
      nearest ??= plan
    }
    return nearest as SplitPlan
  }

  #planAt(firstShift: number, secondShift: number): SplitPlan {
    const { train, validation } = this.#rule.shares
    const startsMs = {
      validation: this.#timeAt(train + firstShift),
      test: this.#timeAt(train + validation + secondShift),
    }
    const places = this.#places(startsMs)
    this.#balance(places)
    const missing = this.#missing(places)
    const isEnough = Object.values(missing).every((part) => Object.keys(part).length === 0)
    if (!isEnough) return { ok: false, code: 'dataset_too_small', missing }
    const counts = LEFT_OUT.map(([place, reason]) => [reason, places.filter((one) => one === place).length])
    return {
      ok: true,
      segmentOf: (index) => Segment.options[places[index] ?? PURGED] ?? null,
      leftOut: Object.fromEntries(counts) as SplitManifest['left_out'],
      startsMs,
    }
  }

  /** The decision time of the row this far into the set; beyond the last row for an empty one. */
  #timeAt(share: number): number {
    const rows = this.#decidedMs.length
    const index = Math.min(rows - 1, Math.max(0, Math.floor(share * rows)))
    return rows === 0 ? Infinity : this.#decidedMs.at(index)
  }

  #places(startsMs: { validation: number; test: number }): Uint8Array {
    const partAt = (ms: number) => (ms < startsMs.validation ? 0 : ms < startsMs.test ? 1 : 2)
    const nextStart = [startsMs.validation, startsMs.test, Infinity]
    const embargoMs = this.#rule.embargo_seconds * 1000
    return Uint8Array.from({ length: this.#decidedMs.length }, (_, index) => {
      const part = partAt(this.#decidedMs.at(index))
      if (this.#endsMs.at(index) + embargoMs >= (nextStart[part] as number)) return PURGED
      const twin = this.#twin.at(index)
      return twin >= 0 && partAt(this.#decidedMs.at(twin)) !== part ? TWIN : part
    })
  }

  /** Thins the regime that fills more of a part than it may; the others stay as they are. */
  #balance(places: Uint8Array): void {
    const share = this.#rule.regime_share_max
    for (let part = 0; part < Segment.options.length; part += 1) {
      const counts = this.#countRegimes(places, part)
      const total = counts.reduce((sum, count) => sum + count, 0)
      const largest = counts.indexOf(Math.max(...counts))
      const others = total - (counts[largest] as number)
      if (share === 1 || others === 0 || (counts[largest] as number) <= share * total) continue
      this.#thin(places, { part, regime: largest, keep: Math.floor((others * share) / (1 - share)) })
    }
  }

  #thin(places: Uint8Array, { part, regime, keep }: { part: number; regime: number; keep: number }): void {
    const members: number[] = []
    places.forEach((place, index) => {
      if (place === part && this.#regime.at(index) === regime) members.push(index)
    })
    members.sort((a, b) => this.#draw.at(a) - this.#draw.at(b) || a - b)
    for (const index of members.slice(keep)) places[index] = BALANCE
  }

  #countRegimes(places: Uint8Array, part: number): number[] {
    const counts = RegimeBucket.options.map(() => 0)
    places.forEach((place, index) => {
      const regime = this.#regime.at(index)
      if (place === part) counts[regime] = (counts[regime] ?? 0) + 1
    })
    return counts
  }

  #missing(places: Uint8Array) {
    const { rows_min: rowsMin, regimes_required: required, regime_rows_min: regimeMin } = this.#rule
    const parts = Segment.options.map((segment, part) => {
      const counts = this.#countRegimes(places, part)
      const rows = counts.reduce((sum, count) => sum + count, 0)
      const needs: [RegimeBucket | 'rows', number][] = [
        ['rows', rowsMin - rows],
        ...required.map((regime): [RegimeBucket, number] => [
          regime,
          regimeMin - (counts[RegimeBucket.options.indexOf(regime)] ?? 0),
        ]),
      ]
      return [segment, Object.fromEntries(needs.filter(([, missing]) => missing > 0))] as const
    })
    return Object.fromEntries(parts) as Extract<SplitPlan, { ok: false }>['missing']
  }
}

function shiftPairs(): [number, number][] {
  const pairs = SHIFTS.flatMap((first) => SHIFTS.map((second): [number, number] => [first, second]))
  return pairs.sort((a, b) => Math.abs(a[0]) + Math.abs(a[1]) - Math.abs(b[0]) - Math.abs(b[1]))
}
