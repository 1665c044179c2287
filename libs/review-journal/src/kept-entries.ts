import type { Segment } from './segment.ts'

/** A durable entry: where it lies and what it is called. */
export interface KeptEntry {
  journalId: string
  /** Place in its journal, from 1. */
  position: number
  /** SHA-256 of its payload. */
  checksum: string
  segment: Segment
  offset: number
  /** Bytes of its payload. */
  length: number
  key: string | null
  reviewId: string | null
  journalledAt: string
  /** True when it could not be handed on nor set aside: others must not wait for it. */
  skipped?: boolean
}

/** Every entry that is not settled yet, in the order of its journal, journals of dead processes first. */
export class KeptEntries {
  readonly #own: KeptEntry[] = []
  readonly #adopted: KeptEntry[] = []
  readonly #byKey = new Map<string, KeptEntry>()
  readonly #byReviewId = new Map<string, KeptEntry>()

  get count(): number {
    return this.#own.length + this.#adopted.length
  }

  /** When the oldest entry was journalled; null when there is none. */
  get oldestAt(): string | null {
    const times = [this.#own[0], this.#adopted[0]].flatMap((entry) => entry?.journalledAt ?? [])
    return times.sort()[0] ?? null
  }

  add(entry: KeptEntry, whose: 'own' | 'adopted'): void {
    entry.segment.open += 1
    ;(whose === 'own' ? this.#own : this.#adopted).push(entry)
    // The first verdict of a key stays its verdict.
    if (entry.key !== null && !this.#byKey.has(entry.key)) this.#byKey.set(entry.key, entry)
    if (entry.reviewId !== null) this.#byReviewId.set(entry.reviewId, entry)
  }

  oldest(limit: number): KeptEntry[] {
    const found: KeptEntry[] = []
    for (const list of [this.#adopted, this.#own]) {
      for (const entry of list) {
        if (found.length === limit) return found
        if (entry.skipped !== true) found.push(entry)
      }
    }
    return found
  }

  ofKey(key: string): KeptEntry | undefined {
    return this.#byKey.get(key)
  }

  ofReview(reviewId: string): KeptEntry | undefined {
    return this.#byReviewId.get(reviewId)
  }

  /** Forgets entries and returns the segments that have none left. */
  remove(entries: readonly KeptEntry[]): Segment[] {
    const gone = new Set(entries)
    const lists = [this.#adopted, this.#own]
    const left = lists.reduce((count, list) => count - dropFront(list, gone), gone.size)
    if (left > 0) for (const list of lists) dropAnywhere(list, gone)
    for (const entry of gone) {
      entry.segment.open -= 1
      if (entry.key !== null && this.#byKey.get(entry.key) === entry) this.#byKey.delete(entry.key)
      if (entry.reviewId !== null) this.#byReviewId.delete(entry.reviewId)
    }
    return [...new Set(entries.map(({ segment }) => segment))].filter(({ open }) => open === 0)
  }
}

/** Entries leave at the front, so the common case walks no further; returns how many left. */
function dropFront(list: KeptEntry[], gone: ReadonlySet<KeptEntry>): number {
  const first = list.findIndex((entry) => !gone.has(entry))
  return list.splice(0, first === -1 ? list.length : first).length
}

function dropAnywhere(list: KeptEntry[], gone: ReadonlySet<KeptEntry>): void {
  const rest = list.filter((entry) => !gone.has(entry))
  list.splice(0, list.length, ...rest)
}
