import { expect, test } from 'vitest'

import { requestIdOf } from './request-id.ts'

const idFor = (given?: string | string[]) => requestIdOf({ headers: given === undefined ? {} : { 'x-request-id': given as string } })

test.each(['a', 'scheduler-7', '01a:b_c.d', 'x'.repeat(64)])('requestIdOf() keeps the caller’s "%s"', (given) => {
  expect(idFor(given)).toBe(given)
})

test.each(['', 'two words', 'line\nend', 'a"b', 'ü', 'x'.repeat(65)])('requestIdOf() gives an id of its own for "%s"', (given) => {
  expect(idFor(given)).toMatch(/^req-[0-9a-f]{16}$/)
})

test('requestIdOf() never gives one id twice', () => {
  expect(new Set(Array.from({ length: 100 }, () => idFor())).size).toBe(100)
})
