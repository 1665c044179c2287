import type { DatasetRow } from '@torghut/contracts'
import { hash } from 'node:crypto'

import { Column } from '../columns/column.ts'
import { numericFeatures } from './features.ts'

/** Rows whose numbers all lie within this fraction of each other are the same example told twice. */
const TOLERANCE = 0.001

/** Numbers compared; more would not tell rows further apart. */
const NUMBERS_MAX = 16

/** Width of a cell in logarithms: as wide as the tolerance, so that twins lie in the same or in neighbouring cells. */
const CELL = Math.log(1 + TOLERANCE)

/** Buckets of the hash table, a power of two: 4 MB whatever the set, and short chains up to some million rows. */
const BUCKETS = 2 ** 20

/** The cells around a pair of numbers. */
const NEIGHBOURS = [-1, 0, 1].flatMap((first) => [-1, 0, 1].map((second) => [first, second] as const))

/**
 * Finds near-duplicates while rows stream by: the same symbol, strategy, side and order, and every number within a
 * thousandth. Which cells are looked into may differ between engines at an edge; which rows are twins is decided by
 * comparison alone.
 */
export class TwinIndex {
  /**
   * By bucket of a cell, one more than the last row in it; rows of other cells in the bucket only cost a comparison.
   */
  readonly #heads = new Int32Array(BUCKETS)
  readonly #next = new Column((length) => new Int32Array(length))
  readonly #identity = new Column((length) => new Uint32Array(length))
  readonly #starts = new Column((length) => new Uint32Array(length))
  readonly #numbers = new Column((length) => new Float32Array(length))

  /** Takes the next row; gives the index of the first row that is its twin, or null. Rows are numbered from 0. */
  add(row: Pick<DatasetRow, 'symbol' | 'strategy_id' | 'action' | 'input'>): number | null {
    const { identity, numbers } = sketchOf(row)
    const own = this.#next.length
    const twin = this.#firstTwin(identity, numbers)
    const bucket = bucketOf(identity, cellOf(numbers[0]), cellOf(numbers[1]))
    this.#next.push((this.#heads[bucket] ?? 0) - 1)
    this.#heads[bucket] = own + 1
    this.#identity.push(identity)
    this.#starts.push(this.#numbers.length)
    for (const number of numbers) this.#numbers.push(number)
    return twin
  }

  #firstTwin(identity: number, numbers: readonly number[]): number | null {
    const [first, second] = [cellOf(numbers[0]), cellOf(numbers[1])]
    let twin: number | null = null
    for (const [left, right] of NEIGHBOURS) {
      let row = (this.#heads[bucketOf(identity, first + left, second + right)] ?? 0) - 1
      for (; row >= 0; row = this.#next.at(row)) {
        if ((twin === null || row < twin) && this.#isTwin(row, identity, numbers)) twin = row
      }
    }
    return twin
  }

  #isTwin(row: number, identity: number, numbers: readonly number[]): boolean {
    if (this.#identity.at(row) !== identity) return false
    const start = this.#starts.at(row)
    return numbers.every((number, at) => isNear(this.#numbers.at(start + at), Math.fround(number)))
  }
}

/** What two rows must share, as 32 bits of a hash, and the numbers that must be near. Both tell how many there are. */
function sketchOf(row: Pick<DatasetRow, 'symbol' | 'strategy_id' | 'action' | 'input'>) {
  const features = numericFeatures(row.input).slice(0, NUMBERS_MAX)
  const { timeframe, order_type: type } = row.input.request.decision
  const same = [row.symbol, row.strategy_id, row.action, timeframe, type, ...features.map(({ path }) => path)]
  const identity = Number.parseInt(hash('sha256', JSON.stringify(same)).slice(0, 8), 16)
  return { identity, numbers: features.map(({ value }) => value) }
}

function isNear(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b))
}

function cellOf(number: number | undefined): number {
  if (number === undefined || number === 0) return 0
  return Math.floor(Math.log(Math.abs(number)) / CELL)
}

/** The bucket of a cell: its numbers multiplied by large primes, then mixed so that the low bits depend on all. */
function bucketOf(identity: number, first: number, second: number): number {
  const sum = Math.imul(identity, 31) + Math.imul(first, 73_856_093) + Math.imul(second, 19_349_663)
  const mixed = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d)
  return (mixed ^ (mixed >>> 13)) & (BUCKETS - 1)
}
