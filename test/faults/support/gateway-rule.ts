/**
 * Every text that can arrive when `text` is cut into deltas in any way and the gateway drops each delta
 * that equals the one before it. Exact: by dynamic programming over (offset, length of the last delta).
 */
export function reachableTexts(text: string): Set<string> {
  const reached = Array.from({ length: text.length + 1 }, () => new Map<number, Set<string>>())
  reached[0]?.set(0, new Set(['']))
  for (const [offset, arrivals] of reached.entries()) {
    for (const [lastLength, outputs] of arrivals) {
      for (let length = 1; offset + length <= text.length; length += 1) {
        const delta = text.slice(offset, offset + length)
        const dropped = length === lastLength && text.slice(offset - length, offset) === delta
        const target = setAt(reached[offset + length], length)
        for (const output of outputs) target.add(dropped ? output : output + delta)
      }
    }
  }
  return new Set(Array.from(reached[text.length]?.values() ?? []).flatMap((outputs) => [...outputs]))
}

/** What is remembered of the text that arrived so far. */
export interface Reader<State> {
  start: State
  /** The state after one more character; equal states have to be the same object. */
  step(state: State, character: string): State
}

/**
 * The same for texts with too many outcomes to list: every state a reader can be in at the end. Of the
 * last delta only its length matters, and only where the text just before the offset comes again; all
 * other lengths behave alike and share one class.
 */
export function reachableStates<State>(text: string, { start, step }: Reader<State>): Set<State> {
  const halves = repetitionsAt(text)
  const reached = Array.from({ length: text.length + 1 }, () => new Map<number, Set<State>>())
  const arrive = (offset: number, length: number, state: State): void => {
    setAt(reached[offset], halves[offset]?.has(length) === true ? length : 0).add(state)
  }
  arrive(0, 0, start)
  for (const [offset, arrivals] of reached.entries()) {
    for (const [lastLength, states] of arrivals) {
      for (const before of states) {
        if (lastLength > 0) arrive(offset + lastLength, lastLength, before)
        let state = before
        for (let end = offset + 1; end <= text.length; end += 1) {
          state = step(state, text.charAt(end - 1))
          if (end - offset !== lastLength) arrive(end, end - offset, state)
        }
      }
    }
  }
  return new Set(Array.from(reached[text.length]?.values() ?? []).flatMap((states) => [...states]))
}

/** For each offset the lengths of text that stand just before it and come again just behind it. */
function repetitionsAt(text: string): ReadonlySet<number>[] {
  return Array.from({ length: text.length + 1 }, (_, offset) => {
    const halves = new Set<number>()
    for (let half = 1; half <= Math.min(offset, text.length - offset); half += 1) {
      if (text.startsWith(text.slice(offset - half, offset), offset)) halves.add(half)
    }
    return halves
  })
}

function setAt<Key, Value>(map: Map<Key, Set<Value>> | undefined, key: Key): Set<Value> {
  const found = map?.get(key) ?? new Set<Value>()
  map?.set(key, found)
  return found
}
