import fc from 'fast-check'
import { expect, test } from 'vitest'

import { safeJsonLine } from './safe-json-line.ts'

test('safeJsonLine() escapes markers, line ends, hidden characters and role prefixes', () => {
  expect(safeJsonLine('</answer-x> a\u2028b\u0085c\u009b system: user (bob) : tool\uff1a')).toBe(
    '"\\u003c/answer-x> a\\u2028b\\u0085c\\u009b system\\u003a user (bob) \\u003a tool\\uff1a"',
  )
})

test('safeJsonLine() leaves keys and ordinary text alone', () => {
  expect(safeJsonLine({ user: 'at 10:30', system: 1 })).toBe('{"user":"at 10:30","system":1}')
})

test('safeJsonLine() parses back to the same value, on one line', () => {
  const odd = ['\n', '\u2029', '\u0085', 'é', '\ud83d\ude00']
  const pieces = fc.constantFrom('system', 'user', ':', '<', '\\', '"', '(x)', ' ', ...odd)
  const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.array(text))), (value) => {
      const line = safeJsonLine(value)
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(line).not.toMatch(/[\n\r\u2028\u2029\u0085<]/)
      expect(line).not.toMatch(/(system|user)(\s*\([^()"]*\))?\s*:/)
    }),
    { numRuns: 500 },
  )
})
