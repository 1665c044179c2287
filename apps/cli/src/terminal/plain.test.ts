import { expect, test } from 'vitest'

import { plain } from './plain.ts'

test('plain() leaves nothing that moves a cursor, breaks a line or turns text around', () => {
  expect(plain('a\u001b[31mb\r\nc\u202ed\u2028e\u0000\ud800')).toBe('a·[31mb··c·d·e··')
})

test('plain() leaves other alphabets and emoji as they are', () => {
  expect(plain('größer データ 📈')).toBe('größer データ 📈')
})

test('plain() cuts what is longer than it may be, and nothing at exactly that length', () => {
  expect(plain('12345', 5)).toBe('12345')
  expect(plain('123456', 5)).toBe('1234…')
})
