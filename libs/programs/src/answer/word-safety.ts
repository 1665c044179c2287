/** The longest run of characters a lost delta is expected to hold. */
const LOSS_LENGTH_MAX = 5

/**
 * The first pair of words where one is the other after a loss: a run of up to five neighbours gone, or a piece that
 * repeats the piece before it swallowed. Null when every word of a closed list stays itself or becomes none of them.
 */
export function turnsIntoAnother(words: readonly string[]): { from: string; to: string } | null {
  const known = new Set(words)
  for (const from of words) {
    const to = losses(from).find((damaged) => damaged !== from && known.has(damaged))
    if (to !== undefined) return { from, to }
  }
  return null
}

function losses(word: string): string[] {
  const found: string[] = []
  for (let length = 1; length <= LOSS_LENGTH_MAX; length += 1) {
    for (let at = 0; at + length <= word.length; at += 1) found.push(word.slice(0, at) + word.slice(at + length))
  }
  return [...found, ...collapses(word)]
}

/** What remains when repeated pieces are swallowed, any number of times. */
function collapses(word: string): string[] {
  const found = new Set<string>()
  const open = [word]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const shorter of withoutOneRepeat(next)) {
      if (!found.has(shorter)) open.push(shorter)
      found.add(shorter)
    }
  }
  return [...found]
}

function withoutOneRepeat(word: string): string[] {
  const found: string[] = []
  for (let half = 1; half * 2 <= word.length; half += 1) {
    for (let at = 0; at + half * 2 <= word.length; at += 1) {
      const piece = word.slice(at, at + half)
      if (word.startsWith(piece, at + half)) found.push(word.slice(0, at + half) + word.slice(at + half * 2))
    }
  }
  return found
}
