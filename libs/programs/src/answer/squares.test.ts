import { expect, test } from 'vitest'

import { endsInSquare, hasSquare } from './squares.ts'

test.each(['aa', 'xabab', '100', '1.11', 'abcabc.'])('hasSquare() finds the repetition in "%s"', (text) => {
  expect(hasSquare(text)).toBe(true)
})

test.each(['', 'a', 'aba', 'abcab', 'abacaba'])('hasSquare() finds none in "%s"', (text) => {
  expect(hasSquare(text)).toBe(false)
})

test('endsInSquare() looks at the end only', () => {
  expect(endsInSquare('aab')).toBe(false)
  expect(endsInSquare('baa')).toBe(true)
})
