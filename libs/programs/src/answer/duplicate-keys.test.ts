import { expect, test } from 'vitest'

import { hasDuplicateKeys } from './duplicate-keys.ts'

test.each([
  '{"a":1,"a":2}',
  '{"a":{"b":1,"b":1}}',
  '{"a":1,"\\u0061":2}',
  '[{"a":1},{"a":1,"b":0,"a":1}]',
  '{"a":"x","b":[{"c":1}],"a":"y"}',
])('hasDuplicateKeys() sees the key named twice in %s', (json) => {
  expect(hasDuplicateKeys(json)).toBe(true)
})

test.each([
  '{}',
  '{"a":1,"b":{"a":2}}',
  '[{"a":1},{"a":2}]',
  '{"a":"\\"a\\":1,","b":"a"}',
  '{"a":"{","b":"}","c":"a"}',
])('hasDuplicateKeys() sees none in %s', (json) => {
  expect(hasDuplicateKeys(json)).toBe(false)
})
