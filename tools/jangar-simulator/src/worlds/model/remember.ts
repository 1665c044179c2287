/** Texts to remember; the messages of some thousand prompts repeat the same examples. */
const REMEMBERED_MAX = 4_096

/**
 * The same function, which answers a text it was just asked about without thinking again. It starts
 * afresh when full, so its memory is bounded.
 */
export function remembering<Key extends object, Result>(
  compute: (key: Key, text: string) => Result,
): (key: Key, text: string) => Result {
  const books = new WeakMap<Key, Map<string, Result>>()
  return (key, text) => {
    const book = books.get(key) ?? new Map<string, Result>()
    books.set(key, book)
    const known = book.get(text)
    if (known !== undefined) return known
    if (book.size >= REMEMBERED_MAX) book.clear()
    const result = compute(key, text)
    book.set(text, result)
    return result
  }
}
