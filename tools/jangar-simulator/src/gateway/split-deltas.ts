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
