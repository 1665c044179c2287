/** Tenants remembered at once. One that has nothing waiting is forgotten first, the least served before others. */
export const TENANTS_MAX = 1_024

interface Line<Item> {
  waiting: Item[]
  /** What the tenant was served so far over its weight, on the scale of the queue's virtual time. */
  servedShare: number
}

/**
 * Whose turn it is, weighted by tenant: the tenant that was served least for its weight goes first, in the order it
 * asked. Start-time fair queuing (Goyal, Vin and Cheng, 1996): whoever was away begins at the present, so neither
 * idling saves up turns nor does a flood of one tenant delay another by more than one item each.
 */
export class FairQueue<Item extends { tenant: string; cost: number }> {
  readonly #weights: ReadonlyMap<string, number>
  readonly #lines = new Map<string, Line<Item>>()
  #virtualTime = 0
  #size = 0

  /** Weights above zero by tenant; 1 for any other tenant. Throws `RangeError` for a weight that is none. */
  constructor(weights: ReadonlyMap<string, number>) {
    for (const [tenant, weight] of weights) {
      if (!(weight > 0 && weight < Infinity)) throw new RangeError(`Cannot weigh tenant "${tenant}" with ${weight}`)
    }
    this.#weights = weights
  }

  get size(): number {
    return this.#size
  }

  push(item: Item): void {
    this.#lineOf(item.tenant).waiting.push(item)
    this.#size += 1
  }

  /** Whoever is next; undefined when nobody waits. Ties go to the tenant whose name sorts first. */
  peek(): Item | undefined {
    return this.#nextLine()?.waiting[0]
  }

  /** Serves the next item and charges its tenant. */
  shift(): Item | undefined {
    const line = this.#nextLine()
    const item = line?.waiting.shift()
    if (line === undefined || item === undefined) return undefined
    this.#size -= 1
    this.#virtualTime = this.#startOf(line)
    line.servedShare = this.#virtualTime + item.cost / this.#weightOf(item.tenant)
    this.#forgetSome()
    return item
  }

  /** Takes out what a test picks, without charging anybody, and returns it. */
  remove(isMeant: (item: Item) => boolean): Item[] {
    const removed: Item[] = []
    for (const line of this.#lines.values()) {
      removed.push(...line.waiting.filter(isMeant))
      line.waiting = line.waiting.filter((item) => !isMeant(item))
    }
    this.#size -= removed.length
    return removed
  }

  /** Takes out the newest item of the longest line for its weight: of a full queue, whoever filled it loses. */
  dropLast(): Item | undefined {
    let longest: { line: Line<Item>; load: number } | undefined
    for (const [tenant, line] of this.#lines) {
      const load = line.waiting.length / this.#weightOf(tenant)
      if (load > (longest?.load ?? 0)) longest = { line, load }
    }
    const dropped = longest?.line.waiting.pop()
    if (dropped !== undefined) this.#size -= 1
    return dropped
  }

  #weightOf(tenant: string): number {
    return this.#weights.get(tenant) ?? 1
  }

  #nextLine(): Line<Item> | undefined {
    let next: { tenant: string; line: Line<Item> } | undefined
    for (const [tenant, line] of this.#lines) {
      if (line.waiting.length === 0) continue
      const lead = next === undefined ? -1 : this.#startOf(line) - this.#startOf(next.line)
      if (next === undefined || lead < 0 || (lead === 0 && tenant < next.tenant)) next = { tenant, line }
    }
    return next?.line
  }

  /** Whoever was away begins at the present. */
  #startOf({ servedShare }: Line<Item>): number {
    return Math.max(servedShare, this.#virtualTime)
  }

  #lineOf(tenant: string): Line<Item> {
    const known = this.#lines.get(tenant)
    if (known !== undefined) return known
    const line = { waiting: [], servedShare: 0 }
    this.#lines.set(tenant, line)
    return line
  }

  #forgetSome(): void {
    if (this.#lines.size <= TENANTS_MAX) return
    const idle = [...this.#lines].filter(([, { waiting }]) => waiting.length === 0)
    const least = idle.toSorted(([, a], [, b]) => a.servedShare - b.servedShare)
    for (const [tenant] of least.slice(0, this.#lines.size - TENANTS_MAX)) this.#lines.delete(tenant)
  }
}
