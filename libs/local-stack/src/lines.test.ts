import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { LINE_MAX_CHARS, LineTail, readLines } from './lines.ts'

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough()
  const lines: string[] = []
  readLines(stream, (line) => lines.push(line))
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await finished(stream)
  return lines
}

test('readLines() joins a line that arrives in pieces', async () => {
  expect(await linesOf('on', 'e\ntw', 'o\n')).toEqual(['one', 'two'])
})

test('readLines() joins a character that a chunk boundary splits', async () => {
  const bytes = Buffer.from('é\n')
  expect(await linesOf(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é'])
})

test('readLines() emits a last line without newline, and no line for an empty rest', async () => {
  expect(await linesOf('one\n\ntwo')).toEqual(['one', '', 'two'])
  expect(await linesOf('one\n')).toEqual(['one'])
})

test('readLines() accepts CRLF', async () => {
  expect(await linesOf('one\r', '\ntwo\r\n')).toEqual(['one', 'two'])
})

test('readLines() keeps a line of exactly the limit and cuts one above it', async () => {
  const limit = 'x'.repeat(LINE_MAX_CHARS)
  expect(await linesOf(`${limit}\nnext\n`)).toEqual([limit, 'next'])
  expect(await linesOf(limit, 'yy', 'z\nnext\n')).toEqual([limit, 'next'])
})

test('LineTail keeps only the newest lines', () => {
  const tail = new LineTail(2)
  for (const line of ['a', 'b', 'c']) tail.push(line)
  expect(tail.lines).toEqual(['b', 'c'])
})
