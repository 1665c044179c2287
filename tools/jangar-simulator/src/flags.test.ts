import { expect, test } from 'vitest'

import { readFlags } from './flags.ts'

test('readFlags() fills in what is not given', () => {
  expect(readFlags([])).toEqual({
    ok: true,
    options: {
      port: 0,
      firstTokenMs: 0,
      deltaMs: 0,
      seed: 'torghut',
      revision: 'R2',
      models: null,
      faults: { script: [] },
      timeScale: 1,
    },
  })
})

test('readFlags() reads every flag up to its limit', () => {
  const args = ['--port', '65535', '--first-token-ms', '600000', '--delta-ms=60000', '--seed', 'x']
  expect(readFlags(args)).toMatchObject({
    ok: true,
    options: { port: 65_535, firstTokenMs: 600_000, deltaMs: 60_000, seed: 'x' },
  })
})

test('readFlags() reads a revision, its models and a time scale', () => {
  expect(readFlags(['--revision', 'R3', '--models', 'a,b', '--time-scale', '0.05'])).toMatchObject({
    options: { revision: 'R3', models: ['a', 'b'], timeScale: 0.05 },
  })
})

test('readFlags() reads faults as a script or as a share', () => {
  expect(readFlags(['--fault-script', 'stall@3,ok,http_503'])).toMatchObject({
    options: { faults: { script: [{ kind: 'stall', at: 3 }, 'ok', { kind: 'http_503', at: null }] } },
  })
  expect(readFlags(['--fault-share', '0.25', '--fault-seed', 'a', '--fault-kinds', 'cut,stall'])).toMatchObject({
    options: { faults: { share: 0.25, seed: 'a', kinds: ['cut', 'stall'] } },
  })
  expect(readFlags(['--fault-seed', 'a'])).toMatchObject({ options: { faults: { share: 1, seed: 'a' } } })
})

test.each([
  ['--port', '65536'],
  ['--delta-ms', '-1'],
  ['--delta-ms=-1'],
  ['--delta-ms', '1.5'],
  ['--port', ''],
  ['--revision', 'R4'],
  ['--time-scale', '0'],
  ['--time-scale', '1.1'],
  ['--time-scale', ''],
  ['--fault-share', '1.1'],
  ['--fault-share', 'x'],
  ['--fault-kinds', 'meteor'],
  ['--fault-script', 'stall@x'],
  ['--fault-script=ok', '--fault-share=1'],
  ['--unknown'],
  ['stray'],
])('readFlags() refuses %s %s in one line', (...args) => {
  const flags = readFlags(args.filter((arg) => arg !== undefined))
  expect(flags).toMatchObject({ ok: false, problem: expect.stringMatching(/^[^\n]+$/) })
})
