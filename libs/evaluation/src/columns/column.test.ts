import { expect, test } from 'vitest'

import { Column } from './column.ts'

test('Column keeps every value across its pieces, as its type holds it', () => {
  const column = new Column((length) => new Int32Array(length))
  for (let value = 0; value < 200_000; value += 1) column.push(value - 7)
  expect(column.length).toBe(200_000)
  expect([0, 65_535, 65_536, 131_072, 199_999].map((index) => column.at(index))).toEqual([
    -7, 65_528, 65_529, 131_065, 199_992,
  ])
  const bytes = new Column((length) => new Uint8Array(length))
  bytes.push(257)
  expect(bytes.at(0)).toBe(1)
})
