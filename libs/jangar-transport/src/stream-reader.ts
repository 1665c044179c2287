import { createParser } from 'eventsource-parser'

import type { AssembledStream, Violation } from './assembler.ts'
import { applyEvent, emptyStream } from './assembler.ts'
import type { TransportLimits } from './limits.ts'

export interface StreamReader {
  readonly stream: AssembledStream
  readonly bytes: number
  /** Takes the next bytes; a chunk may end anywhere, also inside a character or between CR and LF. */
  push(chunk: Uint8Array): void
}

/**
 * Bytes to text to events to one assembled stream, each step bounded. Never throws: see
 * `stream.violation`.
 */
export function createStreamReader(
  limits: Pick<TransportLimits, 'lineLengthMax' | 'contentLengthMax' | 'bodyBytesMax'>,
): StreamReader {
  const stream = emptyStream()
  const refuse = (kind: Violation['kind'], detail: string): void => {
    stream.violation ??= { kind, detail }
  }
  // A byte that is no UTF-8 is an error here; the default would put a replacement character into a price.
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const lineTooLong = `Line exceeds ${limits.lineLengthMax} characters`
  const parser = createParser({
    maxBufferSize: limits.lineLengthMax,
    onComment: () => applyEvent(stream, { kind: 'comment' }, limits.contentLengthMax),
    onEvent: ({ data }) => {
      // The parser measures what it holds back, not an event that came whole in one chunk.
      if (data.length > limits.lineLengthMax) refuse('excess', lineTooLong)
      applyEvent(stream, { kind: 'data', data }, limits.contentLengthMax)
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') refuse('excess', lineTooLong)
    },
  })
  let bytes = 0

  function push(chunk: Uint8Array): void {
    bytes += chunk.byteLength
    if (stream.violation !== null || stream.done) return
    if (bytes > limits.bodyBytesMax) return refuse('excess', `Body exceeds ${limits.bodyBytesMax} bytes`)
    try {
      parser.feed(decoder.decode(chunk, { stream: true }))
    } catch {
      refuse('broken', 'Body is not UTF-8')
    }
  }

  return {
    stream,
    push,
    get bytes() {
      return bytes
    },
  }
}
