/** Longest repetition looked for, in UTF-16 units: longer ones do not occur in an answer. */
const HALF_MAX = 64

/**
 * Deltas of a text as they arrive when its n-th repetition (counted round) falls on two deltas: the
 * second one is gone. A text without any repetition arrives whole.
 */
export function losingSplit(text: string, n: number): string[] {
  const found = repetitions(text)
  const { start, half } = found[n % Math.max(1, found.length)] ?? { start: 0, half: 0 }
  if (half === 0) return [text]
  return [text.slice(0, start), text.slice(start, start + half), text.slice(start + half * 2)].filter(
    (delta) => delta !== '',
  )
}

function repetitions(text: string): { start: number; half: number }[] {
  const found: { start: number; half: number }[] = []
  for (let half = 1; half <= HALF_MAX; half += 1) {
    for (let start = 0; start + half * 2 <= text.length; start += 1) {
      if (text.startsWith(text.slice(start, start + half), start + half)) found.push({ start, half })
    }
  }
  return found
}
