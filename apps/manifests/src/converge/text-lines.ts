/** Where the line of an offset starts. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Where the next line starts, or the end of the text. An offset that starts a line ends the line before it. */
export function endOfLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset
  const lineBreak = text.indexOf('\n', offset)
  return lineBreak === -1 ? text.length : lineBreak + 1
}

/** How many characters stand before an offset on its line; null where a tab makes that no column. */
export function columnOf(text: string, offset: number): number | null {
  const start = lineStart(text, offset)
  return text.slice(start, offset).includes('\t') ? null : offset - start
}

/** How the line of an offset ends; the last line of a text ends as the one before it would. */
export function lineBreakOf(text: string, offset: number): string {
  const following = text.indexOf('\n', offset)
  const at = following === -1 ? text.lastIndexOf('\n', offset) : following
  return text[at - 1] === '\r' ? '\r\n' : '\n'
}
