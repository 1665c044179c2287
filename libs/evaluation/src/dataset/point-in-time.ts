import { compareInstants } from '../time/instants.ts'

/**
 * One version of a datum: what it says, what time it is about, and when it could be known. Later revisions are versions
 * too.
 */
export interface Version<Value> {
  key: string
  value: Value
  event_at: string
  known_at: string
}

/**
 * Joins what was known at each decision: for every key the version about the latest time, in its latest wording, that
 * was known by then. Both streams come in order of time (`decidedAt`, `known_at`) and are read once; memory holds one
 * version a key. Throws `RangeError` when a stream goes back in time.
 */
export function* pointInTimeJoin<Decision extends { decidedAt: string }, Value>(
  decisions: Iterable<Decision>,
  versions: Iterable<Version<Value>>,
): Generator<{ decision: Decision; known: ReadonlyMap<string, Version<Value>> }> {
  const known = new Map<string, Version<Value>>()
  const source = inOrder(versions, ({ known_at }) => known_at)
  let next = source.next()
  for (const decision of inOrder(decisions, ({ decidedAt }) => decidedAt)) {
    while (next.done !== true && compareInstants(next.value.known_at, decision.decidedAt) <= 0) {
      learn(known, next.value)
      next = source.next()
    }
    yield { decision, known: new Map(known) }
  }
}

/** A revision of an earlier time does not replace what is known about a later one. */
function learn<Value>(known: Map<string, Version<Value>>, version: Version<Value>): void {
  const before = known.get(version.key)
  if (before === undefined || compareInstants(version.event_at, before.event_at) >= 0) known.set(version.key, version)
}

function* inOrder<Item>(items: Iterable<Item>, timeOf: (item: Item) => string): Generator<Item, undefined> {
  let last: string | null = null
  for (const item of items) {
    const time = timeOf(item)
    if (last !== null && compareInstants(time, last) < 0)
      throw new RangeError(`Expected times in order, got ${time} after ${last}`)
    last = time
    yield item
  }
}
