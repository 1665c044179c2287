import { expect, test } from 'vitest'

import { readJson } from './read-json.ts'

test('readJson() reads an escaped key that V8 would take for one it has read before', () => {
  JSON.parse('{"first":1,"ab\\\\":1}')
  expect(readJson('{"first":1,"ab\\u0041":1}')).toEqual({ value: { first: 1, abA: 1 }, hasUnsafeKey: false })
})

test.each([
  '{}',
  'null',
  '"a\\"b"',
  '{"a":"\\u0041\\\\","b":["\\n",{"c":"\\ud800"}]}',
  '{"\\u00e9\\ud83d\\ude00" \n\t: 1, "\\/": 2}',
  '{"a\\u0062": 1, "ab": 2}',
  '{"__proto__\\u0020": 1}',
])('readJson() reads %s as JSON.parse does', (text) => {
  expect(readJson(text)).toEqual({ value: JSON.parse(text), hasUnsafeKey: false })
})

test.each(['{"\\\\":1}', '{"a":{"b\\"":1}}', '[{"\\n":1}]', '{"\\ud83d" :1}', '{"\\u0000":"x"}'])(
  'readJson() finds the unsafe key in %s',
  (text) => {
    expect(readJson(text).hasUnsafeKey).toBe(true)
  },
)

test.each([
  ...['', '{"\\x41":1}', '{"a\\', '"\\', '{"a\\u0041:1}', '{"\\\\":}', '{"\\n":1', '{"\n\\u0041":1}', "{'\\u0041':1}"],
])('readJson() refuses %j, which is not JSON', (text) => {
  expect(() => readJson(text)).toThrow(SyntaxError)
})

test('readJson() needs one pass over a text made to slow it down', () => {
  const quotes = '\\"'.repeat(500_000)
  expect(() => readJson(`"${quotes}`)).toThrow(SyntaxError)
  expect(readJson(`{"a":"${quotes}"}`).value).toEqual({ a: '"'.repeat(500_000) })
})
