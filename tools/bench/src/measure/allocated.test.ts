import { expect, test } from 'vitest'

import { allocatedBytes } from './allocated.ts'

test('allocatedBytes() sees what was allocated, also after the collector took it away', () => {
  const kept: unknown[] = [null]
  const allocate = (items: number) => () => void (kept[0] = Array.from({ length: items }, () => 0.5))
  const small = allocatedBytes(allocate(100))
  const large = allocatedBytes(allocate(1_000))
  expect(small).toBeGreaterThan(400)
  expect(large).toBeGreaterThan(5 * small)
})
