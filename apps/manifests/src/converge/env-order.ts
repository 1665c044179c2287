import type { EnvEntry } from './env-entries.ts'
import { CONTRACT_NAMES, namesUsedIn } from './wanted.ts'

/** Where a new entry goes: beside an entry that is there, or null into an empty list. */
export interface Place {
  name: string
  beside: Beside | null
}

export interface Beside {
  index: number
  side: 'after' | 'before'
}

/** A name in the order it will have; `beside` is null for an entry that is written already. */
interface Slot {
  name: string
  index: number
  uses: readonly string[]
  isNew: boolean
  beside: Beside | null
}

/**
 * Finds places for names that are missing: beside the nearest name of the contract that is there (behind the
 * one before it when two are as near), else at the end; but always before the first `$(NAME)` that uses it
 * and behind the names its own value uses. The places come in the order of the list; null when both cannot be
 * had.
 */
export function placesOf(
  present: readonly (EnvEntry & { text: string | null })[],
  missing: ReadonlyMap<string, string>,
): Place[] | null {
  const order = [...new Set([...CONTRACT_NAMES, ...missing.keys()])]
  const slots: Slot[] = present.map(({ index, name, text }) => {
    return { name, index, uses: namesUsedIn(text ?? ''), isNew: false, beside: null }
  })
  for (const [name, value] of missing) {
    const uses = namesUsedIn(value)
    const spot = spotFor(slots, name, uses, order)
    if (spot === null) return null
    const { at, side } = spot
    const anchor = slots[side === 'after' ? at - 1 : at]
    slots.splice(at, 0, { name, index: -1, uses, isNew: true, beside: besideOf(anchor, side) })
  }
  return slots.filter(({ isNew }) => isNew).map(({ name, beside }) => ({ name, beside }))
}

/** A place in the list, and which of the two slots around it is the neighbour. */
interface Spot {
  at: number
  side: 'after' | 'before'
}

function besideOf(anchor: Slot | undefined, side: Spot['side']): Beside | null {
  if (anchor === undefined) return null
  return anchor.isNew ? anchor.beside : { index: anchor.index, side }
}

function spotFor(
  slots: readonly Slot[],
  name: string,
  uses: readonly string[],
  order: readonly string[],
): Spot | null {
  const earliest = Math.max(0, ...uses.map((used) => slots.findLastIndex((slot) => slot.name === used) + 1))
  const user = slots.findIndex((slot) => slot.uses.includes(name))
  const latest = user === -1 ? slots.length : user
  const near = besideNearest(slots, name, order)
  if (earliest > latest) return null
  if (near.at < earliest) return { at: earliest, side: 'after' }
  return near.at > latest ? { at: latest, side: 'before' } : near
}

/** In front of or behind the nearest name of the order that is there; the end of the list when none is. */
function besideNearest(slots: readonly Slot[], name: string, order: readonly string[]): Spot {
  const rank = order.indexOf(name)
  for (let distance = 1; distance < order.length; distance += 1) {
    const before = slots.findLastIndex((slot) => slot.name === order[rank - distance])
    if (before !== -1) return { at: before + 1, side: 'after' }
    const behind = slots.findIndex((slot) => slot.name === order[rank + distance])
    if (behind !== -1) return { at: behind, side: 'before' }
  }
  return { at: slots.length, side: 'after' }
}
