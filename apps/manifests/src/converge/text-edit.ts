/**
 * Replaces what lies between two offsets. An insertion (start = end) follows or precedes the text it stands
 * beside.
 */
export interface TextEdit {
  start: number
  end: number
  text: string
  /** For an insertion: whether it belongs after what ends there (the default) or before what starts there. */
  side?: 'after' | 'before'
}

/** Applies edits in one pass; insertions at one place keep their order. Throws when two edits overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = []
  let from = 0
  for (const edit of inOrder(edits)) {
    if (edit.start < from) throw new RangeError(`Cannot edit offset ${edit.start} twice`)
    parts.push(text.slice(from, edit.start), edit.text)
    from = edit.end
  }
  parts.push(text.slice(from))
  return parts.join('')
}

/**
 * By place; at one place what follows the text in front comes before what precedes the text behind, then
 * replacements.
 */
function inOrder(edits: readonly TextEdit[]): TextEdit[] {
  const rank = ({ start, end, side }: TextEdit) => (start < end ? 2 : side === 'before' ? 1 : 0)
  return edits.toSorted((a, b) => a.start - b.start || rank(a) - rank(b))
}
