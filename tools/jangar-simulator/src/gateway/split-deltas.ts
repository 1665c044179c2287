import { createHash } from 'node:crypto'

/** Deltas hold 3 to 12 code points, like the small pieces real answers come in. */
const DELTA_MIN = 3
const DELTA_SPREAD = 10

/**
 * Cuts an answer into deltas, at places its own text decides; joined they are the text again,
 * nothing dropped.
 */
export function splitDeltas(content: string): string[] {
  const characters = Array.from(content)
  const digest = createHash('sha256').update(content).digest()
  const deltas: string[] = []
  for (let at = 0; at < characters.length;) {
    const roll = (digest[deltas.length % digest.length] ?? 0) + deltas.length
    const length = DELTA_MIN + (roll % DELTA_SPREAD)
    deltas.push(characters.slice(at, at + length).join(''))
    at += length
  }
  return deltas
}

/** Cuts an answer into exactly `count` deltas of nearly equal size (fewer when it has fewer characters). */
export function splitInto(content: string, count: number): string[] {
  const characters = Array.from(content)
  const size = characters.length / count
  return Array.from({ length: count }, (_, index) =>
    characters.slice(Math.round(index * size), Math.round((index + 1) * size)).join(''),
  ).filter((delta) => delta !== '')
}
