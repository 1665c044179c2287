/** A parsed text. With an unsafe key the value is not to be used: that key is missing from it. */
export interface ReadJson {
  value: unknown
  hasUnsafeKey: boolean
}

/**
 * Reads JSON with its keys as they were sent. Since 12.8, V8 may take an escaped key for another one that ends in a
 * backslash and that it has read before (nodejs/node#63785), so keys go to `JSON.parse` without escapes. One that needs
 * an escape (a quote, a backslash, a control character, half a surrogate pair) is unsafe. Throws `SyntaxError`.
 */
export function readJson(text: string): ReadJson {
  if (!text.includes('\\')) return { value: JSON.parse(text), hasUnsafeKey: false }
  const { plain, hasUnsafeKey } = withPlainKeys(text)
  return { value: JSON.parse(plain), hasUnsafeKey }
}

/** Only keys change, and only into others that mean the same, so a text that is not JSON does not become JSON. */
function withPlainKeys(text: string): { plain: string; hasUnsafeKey: boolean } {
  const parts: string[] = []
  let copied = 0
  let hasUnsafeKey = false
  for (const { start, end } of literalsIn(text)) {
    const literal = text.slice(start, end)
    const key = literal.includes('\\') && isKey(text, end) ? decoded(literal) : null
    if (key === null) continue
    const plain = JSON.stringify(key)
    const isUnsafe = plain.includes('\\')
    hasUnsafeKey ||= isUnsafe
    parts.push(text.slice(copied, start), isUnsafe ? '""' : plain)
    copied = end
  }
  return { plain: parts.join('') + text.slice(copied), hasUnsafeKey }
}

/** The places of all string literals. One pass without a regular expression, which a hostile text could slow down. */
function* literalsIn(text: string): Generator<{ start: number; end: number }> {
  let start = text.indexOf('"')
  while (start !== -1) {
    const end = literalEnd(text, start)
    if (end === null) return
    yield { start, end }
    start = text.indexOf('"', end)
  }
}

/** Where the literal that opens at `start` is closed, or null when it never is. */
function literalEnd(text: string, start: number): number | null {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1
    else if (text[index] === '"') return index + 1
  }
  return null
}

function isKey(text: string, end: number): boolean {
  const colon = /[ \t\n\r]*:/y
  colon.lastIndex = end
  return colon.test(text)
}

/** Null for an escape that JSON does not know; the text as a whole is then refused. */
function decoded(literal: string): string | null {
  try {
    return JSON.parse(literal) as string
  } catch {
    return null
  }
}
