import { createParser } from 'eventsource-parser'

export interface BareReader {
  content(): string
  push(chunk: Uint8Array): void
}

interface BareChunk {
  choices: { delta?: { content?: string } }[]
}

/**
 * The least one has to write to read a stream: parser, `JSON.parse`, concatenation. It checks nothing, bounds nothing
 * and loses usage, errors and the reason of the end; that is what the comparison is for.
 */
export function createBareReader(): BareReader {
  let content = ''
  const decoder = new TextDecoder()
  const parser = createParser({
    onEvent: ({ data }) => {
      if (data === '[DONE]') return
      content += (JSON.parse(data) as BareChunk).choices[0]?.delta?.content ?? ''
    },
  })
  return {
    content: () => content,
    push: (chunk) => parser.feed(decoder.decode(chunk, { stream: true })),
  }
}
