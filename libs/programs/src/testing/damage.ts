/**
 * Every text that can remain when pieces equal to the piece before them are lost, any number of times: what the
 * gateway's protection against double delivery can do to a stream. The text itself is not among them.
 */
export function collapses(text: string): Set<string> {
  const found = new Set<string>()
  const open = [text]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const shorter of dropRepeats(next)) {
      if (found.has(shorter)) continue
      found.add(shorter)
      open.push(shorter)
    }
  }
  return found
}

/** Every text that remains when one run of 1 to `lengthMax` neighbours is lost. */
export function deletions(text: string, lengthMax: number): string[] {
  const found: string[] = []
  for (let length = 1; length <= lengthMax; length += 1) {
    for (let at = 0; at + length <= text.length; at += 1) found.push(text.slice(0, at) + text.slice(at + length))
  }
  return found
}

/** The texts one lost repetition away. */
export function dropRepeats(text: string): string[] {
  const found: string[] = []
  for (let half = 1; half * 2 <= text.length; half += 1) {
    for (let at = 0; at + half * 2 <= text.length; at += 1) {
      if (text.slice(at, at + half) === text.slice(at + half, at + half * 2)) {
        found.push(text.slice(0, at) + text.slice(at + half))
      }
    }
  }
  return found
}
