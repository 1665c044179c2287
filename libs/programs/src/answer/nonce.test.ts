import fc from 'fast-check'
import { expect, test } from 'vitest'

import { NonceBytesError } from '../errors.ts'
import { collapses } from '../testing/damage.ts'
import { isUsableNonce, nonceFrom } from './nonce.ts'

const USABLE = 'abcdefghijklmnop'

test('isUsableNonce() takes 16 to 64 characters and nothing shorter or longer', () => {
  const long = nonceFrom(Uint8Array.from({ length: 64 }, (_, index) => index * 3))
  expect(isUsableNonce(USABLE)).toBe(true)
  expect(isUsableNonce(USABLE.slice(1))).toBe(false)
  expect(isUsableNonce(long)).toBe(true)
  expect(isUsableNonce(`${long}-`.replace('-', long.includes('9') ? 'z' : '9'))).toBe(false)
})

test.each(['aabcdefghijklmnop', 'abcdefghijklmnpp', 'abababcdefghijklm', 'abcdefghijklmn-p', 'Abcdefghijklmnop'])(
  'isUsableNonce() refuses "%s"',
  (nonce) => {
    expect(isUsableNonce(nonce)).toBe(false)
  },
)

test('nonceFrom() is deterministic and always usable, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 64 }), (bytes) => {
      const nonce = nonceFrom(bytes)
      expect(nonceFrom(bytes)).toBe(nonce)
      expect(nonce).toHaveLength(bytes.length)
      expect(isUsableNonce(nonce)).toBe(true)
      expect(collapses(nonce).size).toBe(0)
    }),
    { numRuns: 200 },
  )
})

test('nonceFrom() survives the most repetitive bytes', () => {
  expect(isUsableNonce(nonceFrom(new Uint8Array(64)))).toBe(true)
  expect(isUsableNonce(nonceFrom(new Uint8Array(64).fill(255)))).toBe(true)
})

test('nonceFrom() tells different bytes apart', () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => index * 7)
  expect(nonceFrom(bytes)).not.toBe(nonceFrom(bytes.map((byte) => byte + 1)))
})

test('nonceFrom() refuses 15 and 65 bytes', () => {
  expect(() => nonceFrom(new Uint8Array(15))).toThrow(NonceBytesError)
  expect(() => nonceFrom(new Uint8Array(65))).toThrow(NonceBytesError)
})
