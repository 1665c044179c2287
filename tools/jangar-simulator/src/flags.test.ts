import { expect, test } from 'vitest'

import { readFlags } from './flags.ts'

test('readFlags() fills in what is not given', () => {
  expect(readFlags([])).toEqual({
    ok: true,
    options: { port: 0, firstTokenMs: 0, deltaMs: 0, seed: 'torghut' },
  })
})

test('readFlags() reads every flag up to its limit', () => {
  const args = ['--port', '65535', '--first-token-ms', '600000', '--delta-ms=60000', '--seed', 'x']
  expect(readFlags(args)).toEqual({
    ok: true,
    options: { port: 65_535, firstTokenMs: 600_000, deltaMs: 60_000, seed: 'x' },
  })
})

test.each([
  ['--port', '65536'],
  ['--delta-ms', '-1'],
  ['--delta-ms=-1'],
  ['--delta-ms', '1.5'],
  ['--port', ''],
  ['--unknown'],
  ['stray'],
])('readFlags() refuses %s %s in one line', (...args) => {
  const flags = readFlags(args.filter((arg) => arg !== undefined))
  expect(flags).toMatchObject({ ok: false, problem: expect.stringMatching(/^[^\n]+$/) })
})
