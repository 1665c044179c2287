import { expect, test } from 'vitest'

import { milliQuantity } from './quantity.ts'

test.each([
  ['500m', 500n],
  ['0.5', 500n],
  ['1', 1000n],
  [1, 1000n],
  ['1k', 1_000_000n],
  ['1Ki', 1_024_000n],
  ['1Gi', 1_073_741_824_000n],
  ['1024Mi', 1_073_741_824_000n],
  ['1e3', null],
  ['-1', null],
  ['', null],
  ['1 Gi', null],
  [undefined, null],
])('milliQuantity(%j) is %s', (text, amount) => {
  expect(milliQuantity(text)).toBe(amount)
})
