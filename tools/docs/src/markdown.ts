/** First line of every generated page, so that nobody edits it by hand. */
export const GENERATED_NOTE = '<!-- Written by `npm run docs` from libs/contracts/src/runtime: edit it there. -->'

/** A Markdown table, one line a row; pipes in cells are escaped. No alignment, so that one change touches one line. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headers, headers.map(() => '---'), ...rows].map(line).join('\n')
}

/** Puts environment names of a sentence into code; what is in backticks already stays as it is. */
export function withNamesAsCode(sentence: string): string {
  return sentence
    .split('`')
    .map((piece, index) => (index % 2 === 0 ? piece.replace(/\b[A-Z]+_[A-Z0-9_]+(=\w+)?/g, '`$&`') : piece))
    .join('`')
}

export function code(text: string): string {
  return `\`${text}\``
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
