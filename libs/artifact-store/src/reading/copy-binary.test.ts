import { expect, test } from 'vitest'

import { readInstant } from './copy-binary.ts'

/** An instant as PostgreSQL sends it: microseconds since 2000. */
function instantOf(micros: bigint): number {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64BE(micros)
  return readInstant(buffer, 0, 8).getTime()
}

test('readInstant() reads milliseconds before and after 2000', () => {
  expect(instantOf(0n)).toBe(Date.UTC(2000, 0, 1))
  expect(instantOf(825_778_245_123_000n)).toBe(Date.UTC(2000, 0, 1) + 825_778_245_123)
  expect(instantOf(-1_000n)).toBe(Date.UTC(2000, 0, 1) - 1)
})

test.each([825_778_245_123_001n, 825_778_245_122_999n, -1n, 2n ** 63n - 1n, -(2n ** 63n)])(
  'readInstant() takes %s for no date rather than round it',
  (micros) => {
    expect(instantOf(micros)).toBeNaN()
  },
)
