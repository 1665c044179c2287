import { expect, test } from 'vitest'

import { CliError } from '../errors.ts'
import { expiryInstant } from './expiry.ts'

const NOW = new Date('2026-03-01T09:30:00Z')

test.each([
  ['30m', '2026-03-01T10:00:00.000Z'],
  ['2h', '2026-03-01T11:30:00.000Z'],
  ['1d', '2026-03-02T09:30:00.000Z'],
  ['2026-03-01T16:00:00Z', '2026-03-01T16:00:00.000Z'],
  ['2026-03-01T16:00:00+01:00', '2026-03-01T15:00:00.000Z'],
])('expiryInstant() reads %s as %s', (text, instant) => {
  expect(Date.parse(expiryInstant(text, NOW))).toBe(Date.parse(instant))
  expect(expiryInstant(text, NOW)).toMatch(/Z$/)
})

test.each(['', 'soon', '30', '30s', '-1h', '12345m', '1.5h', '2026-03-01', '2026-03-01T16:00:00'])(
  'expiryInstant() refuses "%s"',
  (text) => {
    expect(() => expiryInstant(text, NOW)).toThrow(CliError)
  },
)
