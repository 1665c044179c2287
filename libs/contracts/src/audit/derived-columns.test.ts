import { expect, test } from 'vitest'

import { eightPlaces } from './derived-columns.ts'

test.each([
  ['1.5', '1.50000000'],
  ['-0.00', '0.00000000'],
  ['-0.00000001', '-0.00000001'],
  ['00012', '12.00000000'],
  ['12345678901234567890.12345678', '12345678901234567890.12345678'],
])('eightPlaces() writes %s as PostgreSQL does', (decimal, expected) => {
  expect(eightPlaces(decimal)).toBe(expected)
})
