import { expect, test } from 'vitest'

import { createStreamReader } from './stream-reader.ts'
import { chunkOf, deltaOf, doneLine, errorOf, eventOf, stopOf, usageOf } from './testing/frames.ts'

const limits = { lineLengthMax: 400, contentLengthMax: 20, bodyBytesMax: 4_000 }

test('createStreamReader() joins deltas split inside a multi-byte character', () => {
  const bytes = Buffer.from(deltaOf('ä€😀') + stopOf() + doneLine)
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const { stream, push } = createStreamReader(limits)
    push(bytes.subarray(0, cut))
    push(bytes.subarray(cut))
    expect(stream).toMatchObject({ content: 'ä€😀', finishReason: 'stop', done: true, violation: null })
  }
})

test('createStreamReader() accepts CRLF line ends cut between CR and LF', () => {
  const bytes = Buffer.from((deltaOf('x') + stopOf() + doneLine).replaceAll('\n', '\r\n'))
  const { stream, push } = createStreamReader(limits)
  for (const byte of bytes) push(Uint8Array.of(byte))
  expect(stream).toMatchObject({ content: 'x', done: true, frames: 2 })
})

test('createStreamReader() keeps line and paragraph separators inside a line', () => {
  const { stream } = read(deltaOf('a\u2028b\u2029c\u0085d\ufeff'))
  expect(stream.content).toBe('a\u2028b\u2029c\u0085d\ufeff')
})

test('createStreamReader() repairs a surrogate pair that came in two deltas and refuses a half', () => {
  expect(read(deltaOf('\ud83d') + deltaOf('\ude00') + stopOf() + doneLine).stream.content).toBe('😀')
  expect(read(deltaOf('\ud83d') + stopOf() + doneLine).stream.violation?.detail).toBe(
    'Text ends with a broken surrogate pair',
  )
})

test('createStreamReader() refuses bytes that are not UTF-8 instead of replacing them', () => {
  const { stream, push } = createStreamReader(limits)
  push(Uint8Array.of(0x64, 0x61, 0xc3, 0x28))
  expect(stream.violation?.detail).toBe('Body is not UTF-8')
})

test('createStreamReader() accepts text of exactly the limit and refuses one character more', () => {
  expect(read(deltaOf('x'.repeat(20))).stream.violation).toBeNull()
  expect(read(deltaOf('x'.repeat(10)) + deltaOf('x'.repeat(11))).stream.violation?.detail).toBe(
    'Text exceeds 20 characters',
  )
})

test('createStreamReader() counts reasoning against the text limit', () => {
  const { stream } = read(chunkOf({ choices: [{ delta: { reasoning_content: 'x'.repeat(21) }, index: 0 }] }))
  expect(stream.violation?.detail).toBe('Text exceeds 20 characters')
})

test('createStreamReader() accepts an event of exactly the line limit and refuses one character more', () => {
  const ofLength = (length: number): string => {
    const bare = JSON.stringify({ choices: [], pad: '' }).length
    return eventOf({ choices: [], pad: 'x'.repeat(length - bare) })
  }
  expect(read(ofLength(400)).stream).toMatchObject({ frames: 1, violation: null })
  expect(read(ofLength(401)).stream.violation?.detail).toBe('Line exceeds 400 characters')
})

test('createStreamReader() refuses a line that never ends, a data line and a comment alike', () => {
  for (const start of ['data: ', ': ']) {
    const { stream, push } = createStreamReader(limits)
    push(Buffer.from(start))
    for (let count = 0; count < 41; count += 1) push(Buffer.from('x'.repeat(10)))
    expect(stream.violation?.detail).toBe('Line exceeds 400 characters')
  }
})

test('createStreamReader() accepts a body of exactly the limit and refuses one byte more', () => {
  const keepalives = ': keepalive\n\n'.repeat(307)
  const full = `${keepalives}: 67890\n\n`
  expect(Buffer.byteLength(full)).toBe(limits.bodyBytesMax)
  const { stream, push } = read(full)
  expect(stream).toMatchObject({ keepalives: 308, violation: null })
  push(Uint8Array.of(10))
  expect(stream.violation?.detail).toBe('Body exceeds 4000 bytes')
})

test.each([
  ['broken JSON', 'data: {"choices":[\n\n'],
  ['no JSON', 'data: hello\n\n'],
  ['neither chunk nor error', eventOf({ hello: 1 })],
  ['null', eventOf(null)],
  [
    'two choices',
    eventOf({
      choices: [
        { index: 0, delta: {} },
        { index: 1, delta: {} },
      ],
    }),
  ],
  [
    'two first choices',
    eventOf({
      choices: [
        { index: 0, delta: {} },
        { index: 0, delta: {} },
      ],
    }),
  ],
  ['another choice', eventOf({ choices: [{ index: 1, delta: { content: 'x' } }] })],
  ['content that is no text', eventOf({ choices: [{ index: 0, delta: { content: 100 } }] })],
])('createStreamReader() refuses a data event with %s', (_, event) => {
  const { stream } = read(deltaOf('x') + event + stopOf() + doneLine)
  expect(stream).toMatchObject({
    violation: { kind: 'broken', detail: 'Data event 2 is not a chunk and not an error' },
    done: false,
  })
})

test('createStreamReader() refuses chunks of another completion, and only those', () => {
  const other = deltaOf('y').replace('chatcmpl-fake', 'chatcmpl-other')
  expect(read(deltaOf('x') + other + stopOf() + doneLine).stream).toMatchObject({
    content: 'x',
    violation: { kind: 'broken', detail: 'Data event 2 belongs to another completion' },
  })
  const nameless = deltaOf('y').replace('"id":"chatcmpl-fake",', '')
  expect(read(deltaOf('x') + nameless + deltaOf('z')).stream).toMatchObject({ content: 'xyz', violation: null })
})

test('createStreamReader() tells a damaged stream from one that is too much', () => {
  expect(read('data: {"choices"\n\n').stream.violation?.kind).toBe('broken')
  expect(read(deltaOf('x'.repeat(21))).stream.violation?.kind).toBe('excess')
})

test('createStreamReader() ignores text after an error frame but still takes usage and the end', () => {
  const { stream } = read(
    deltaOf('a') +
      errorOf('upstream', 'serverOverloaded') +
      deltaOf('b') +
      usageOf(3, 2, 4) +
      stopOf() +
      doneLine,
  )
  expect(stream).toMatchObject({
    content: 'a',
    errors: [{ type: 'upstream', code: 'serverOverloaded' }],
    usage: { promptTokens: 3, completionTokens: 2, totalTokens: 4 },
    finishReason: 'stop',
    done: true,
  })
})

test('createStreamReader() treats any error member as an error, even beside choices', () => {
  const { stream } = read(eventOf({ error: 'plain words', choices: [{ index: 0, delta: { content: 'x' } }] }))
  expect(stream).toMatchObject({ content: '', errors: [{ type: 'unknown', code: 'unknown', message: '' }] })
})

test('createStreamReader() reads usage it cannot understand as none', () => {
  const { stream } = read(chunkOf({ choices: [], usage: { prompt_tokens: 'many' } }) + stopOf() + doneLine)
  expect(stream).toMatchObject({ usage: null, violation: null, done: true })
})

test('createStreamReader() takes nothing after [DONE]', () => {
  const { stream } = read(deltaOf('a') + stopOf() + doneLine + deltaOf('b') + errorOf('internal', 'late'))
  expect(stream).toMatchObject({ content: 'a', errors: [], frames: 2 })
})

test('createStreamReader() does not take an event without its blank line', () => {
  expect(read('data: [DONE]\n').stream.done).toBe(false)
})

test('createStreamReader() keeps the ids of the call', () => {
  expect(read(deltaOf('a')).stream).toMatchObject({ completionId: 'chatcmpl-fake', threadId: 'thread-fake' })
})

function read(text: string): ReturnType<typeof createStreamReader> {
  const reader = createStreamReader(limits)
  reader.push(Buffer.from(text))
  return reader
}
