import { expect, test } from 'vitest'

import { losingSplit } from './losing-split.ts'

test('losingSplit() drops the second of two equal neighbours, another pair for another number', () => {
  expect(losingSplit('x11yabab', 0)).toEqual(['x', '1', 'yabab'])
  expect(losingSplit('x11yabab', 1)).toEqual(['x11y', 'ab'])
  expect(losingSplit('x11yabab', 2)).toEqual(['x', '1', 'yabab'])
})

test('losingSplit() gives a text without repetition whole', () => {
  expect(losingSplit('abc', 7)).toEqual(['abc'])
})
