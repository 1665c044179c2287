import { expect, test } from 'vitest'

import { PLACES, Places } from './places.ts'

test('take() gives exactly the bound, and one more for each that left, however often it leaves', () => {
  const places = new Places()
  const taken = Array.from({ length: PLACES }, () => places.take())
  expect(taken).not.toContain(null)
  expect(places.take()).toBeNull()
  taken[0]?.()
  taken[0]?.()
  expect(places.take()).not.toBeNull()
  expect(places.take()).toBeNull()
})
