import type { Readable } from 'node:stream'

/** Longest line that is passed on; the rest of a longer one is dropped, so that no child can fill our memory. */
export const LINE_MAX_CHARS = 64 * 1024

/**
 * Calls back for each line of a UTF-8 stream, the last one included when it lacks its newline. Lines are cut at
 * LINE_MAX_CHARS.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let pending = ''
  const emit = () => {
    onLine(pending.endsWith('\r') ? pending.slice(0, -1) : pending)
    pending = ''
  }
  const append = (text: string) => {
    pending += text.slice(0, LINE_MAX_CHARS - pending.length)
  }
  stream.setEncoding('utf8') // Joins characters that a chunk boundary splits.
  stream.on('data', (chunk: string) => {
    const [first = '', ...others] = chunk.split('\n')
    append(first)
    for (const part of others) {
      emit()
      append(part)
    }
  })
  stream.on('end', () => {
    if (pending !== '') emit()
  })
}

/** Keeps the newest `limit` lines. */
export class LineTail {
  readonly #limit: number
  readonly #lines: string[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  push(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > this.#limit) this.#lines.shift()
  }

  get lines(): string[] {
    return [...this.#lines]
  }
}
