/**
 * True when some part of the text is followed at once by itself, as in "100" or "abab". The gateway drops a piece of
 * its stream that equals the piece before, so exactly such texts can arrive shortened.
 */
export function hasSquare(text: string): boolean {
  for (let end = 2; end <= text.length; end += 1) {
    if (endsInSquare(text.slice(0, end))) return true
  }
  return false
}

/** True when the text ends in two equal neighbours of any length. */
export function endsInSquare(text: string): boolean {
  const { length } = text
  for (let half = 1; half * 2 <= length; half += 1) {
    if (text.slice(length - half) === text.slice(length - half * 2, length - half)) return true
  }
  return false
}
