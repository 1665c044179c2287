import { expect, test } from 'vitest'

import { API_KEY_LENGTH_MAX, EXCERPT_BYTES, excerptOf, openSample } from './sample.ts'

test('excerptOf() tells 200 bytes and no more', () => {
  expect(excerptOf(Buffer.from('x'.repeat(EXCERPT_BYTES)), null)).toBe('x'.repeat(200))
  expect(excerptOf(Buffer.from('x'.repeat(EXCERPT_BYTES + 1)), null)).toBe('x'.repeat(200))
})

test('excerptOf() is printable ASCII whatever the bytes', () => {
  const all = Uint8Array.from({ length: 256 }, (_, index) => index)
  for (let at = 0; at < 256; at += 64) expect(excerptOf(all.subarray(at), null)).toMatch(/^[\x20-\x7e]*$/)
  expect(excerptOf(Buffer.from('a\r\n\t"\\\0é'), null)).toBe('a\\r\\n\\t\\"\\\\\\x00\\xc3\\xa9')
})

test('excerptOf() hides a key wherever it begins, also across the cut, as it is, in JSON and in an address', () => {
  const key = 'k"/+secret'
  for (let at = 0; at < EXCERPT_BYTES; at += 1) {
    for (const form of [key, 'k\\"/+secret', 'k%22%2F%2Bsecret']) {
      const told = excerptOf(Buffer.from('.'.repeat(at) + form + '.'.repeat(300)), key)
      expect(told.replace('[hidden]'.slice(0, EXCERPT_BYTES - at), '')).toMatch(/^\.*$/)
    }
  }
})

test('openSample() keeps enough to find the longest key at the end of the excerpt, and copies it', () => {
  const key = 'k'.repeat(API_KEY_LENGTH_MAX)
  const body = Buffer.from(`${'.'.repeat(EXCERPT_BYTES - 1)}${key}${'.'.repeat(100_000)}`)
  const sample = openSample()
  for (let at = 0; at < body.length; at += 1_000) sample.push(body.subarray(at, at + 1_000))
  body.fill(0)
  expect(excerptOf(sample.bytes(), key)).toBe(`${'.'.repeat(199)}[`)
  expect(sample.bytes().length).toBeLessThan(10_000)
})
