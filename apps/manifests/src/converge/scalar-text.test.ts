import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { readsAsAnotherType, scalarText } from './scalar-text.ts'
import type { ScalarStyle } from './scalar-text.ts'
import { SAMPLE_VALUES } from './testing/random-manifest.ts'

const STYLES: readonly ScalarStyle[] = ['plain', 'single', 'double']

test.each(SAMPLE_VALUES)('scalarText() gives $text back to every reader, in every style', ({ text }) => {
  for (const style of STYLES) {
    for (const version of ['1.1', '1.2'] as const) {
      expect(parse(`a: ${scalarText(text, style, { inFlow: false })} # end`, { version })).toEqual({
        a: text,
      })
      expect(parse(`[{a: ${scalarText(text, style, { inFlow: true })}}]`, { version })).toEqual([{ a: text }])
    }
  }
})

test.each(SAMPLE_VALUES.filter(({ plain }) => plain))(
  'scalarText() keeps $text bare on its line',
  ({ text, flowPlain }) => {
    expect(scalarText(text, 'plain', { inFlow: false })).toBe(text)
    expect(scalarText(text, 'plain', { inFlow: true }) === text).toBe(flowPlain)
  },
)

test.each([
  ["it's", 'single', "'it''s'"],
  ['a"b\\c', 'double', '"a\\"b\\\\c"'],
  ['line\nline', 'single', '"line\\nline"'],
  ['\u2028\u0085\ufeff', 'plain', '"\\u2028\\u0085\\ufeff"'],
] as const)('scalarText() spells %j with %s quotes as %s', (value, style, text) => {
  expect(scalarText(value, style, { inFlow: false })).toBe(text)
})

test.each(['1'.repeat(64), '897e1760', '0x10', '1:30:00', '2026-02-12T06:45:00Z', 'NO', '~', ''])(
  'readsAsAnotherType() doubts %j',
  (value) => expect(readsAsAnotherType(value)).toBe(true),
)

test.each(['1'.repeat(63) + 'a', '897f1760x', 'v1', '1.2.3', '10s', 'nope', '2026-02', 'gpt-5'])(
  'readsAsAnotherType() trusts %j',
  (value) => expect(readsAsAnotherType(value)).toBe(false),
)
