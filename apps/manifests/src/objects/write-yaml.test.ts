import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { writeYaml } from './write-yaml.ts'

/** Texts that one reader or another takes for something else, or that break a line or a comment. */
const TEXTS = [
  '1'.repeat(64),
  '897e1760',
  '12e4',
  '0x1f',
  '0o17',
  '017',
  '1_000',
  '12:30:45',
  '15:30',
  '2026-02-12T06:45:00Z',
  '2026-02-12',
  'true',
  'Yes',
  'on',
  'OFF',
  'n',
  'null',
  '~',
  '',
  ' ',
  'NaN',
  '.inf',
  '-',
  '--- x',
  '...',
  '- a',
  '? a',
  ': a',
  'a: b',
  'a #b',
  '#a',
  '&a',
  '*a',
  '!a',
  '%a',
  '@a',
  '`a',
  '{a}',
  '[a]',
  'a,b',
  "'a'",
  '"a"',
  'a\\b',
  'a ',
  ' a',
  'a\tb',
  'a\nb',
  'a\n\nb\n',
  'a \nb',
  '\na',
  'a\r\nb',
  '\u0007',
  '\u2028',
  '\u00e9',
  '😀',
  '=',
  '<<',
  '|',
  '>',
]

test.each(TEXTS)('writeYaml() writes %j so that readers of YAML 1.1 and 1.2 get it back', (text) => {
  const written = writeYaml({ value: text, list: [text, { name: text }] })
  for (const version of ['1.1', '1.2'] as const) {
    expect(parse(written, { version })).toEqual({ value: text, list: [text, { name: text }] })
  }
})

test('writeYaml() sorts keys by code point, with what says what it is first', () => {
  const written = writeYaml({
    b: 1,
    B: 2,
    kind: 'K',
    a: { z: 1, name: 'first' },
    apiVersion: 'v1',
    metadata: {},
  })
  expect(written.split('\n').slice(3)).toEqual([
    'apiVersion: v1',
    'kind: K',
    'metadata: {}',
    'B: 2',
    'a:',
    '  name: first',
    '  z: 1',
    'b: 1',
    '',
  ])
})

test('writeYaml() keeps the order of lists and repeats what occurs twice', () => {
  const shared = { a: 1 }
  expect(parse(writeYaml({ list: ['b', 'a'], one: shared, two: shared }))).toEqual({
    list: ['b', 'a'],
    one: shared,
    two: shared,
  })
  expect(writeYaml({ one: shared, two: shared })).not.toMatch(/[&*]/)
})

test('writeYaml() writes long text on one line and several lines as a block', () => {
  const long = 'word '.repeat(60).trim()
  const written = writeYaml({ long, block: 'first\n  second\n' })
  expect(written).toContain(`long: ${long}\n`)
  expect(written).toContain('block: |\n  first\n    second\n')
})
