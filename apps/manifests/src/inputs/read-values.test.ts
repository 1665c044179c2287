import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { PinsFile } from '@torghut/contracts'
import { afterAll, expect, test } from 'vitest'

import { exampleInputs } from '../testing/example-inputs.ts'
import { LaneValues } from './lane-values.ts'
import { Owners } from './owners.ts'
import { readValues } from './read-values.ts'

const folder = mkdtempSync(join(tmpdir(), 'torghut-inputs-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(text: string | Uint8Array): string {
  const path = join(folder, 'values.yaml')
  writeFileSync(path, text)
  return path
}

test.each([
  ['a tab', 'families:\n\tgates: x\n', 2],
  ['a key twice', 'families:\n  gates: x\n  gates: y\n', 3],
  [
    'a wrong value',
    'families:\n  availability: a\n  context: b\n  evaluation: c\n  gates: "NOT A TEAM"\n  router: d\n  transport: e\n',
    5,
  ],
  ['an unknown key', 'families: {}\nteams: {}\n', 1],
  ['text', 'hello\n', 1],
  ['an alias', 'families: &a {}\nb: *a\n', null],
])('readValues() refuses %s and names the line', (_, text, line) => {
  const path = write(text)
  const place = line === null ? path : `${path}:${line}: `
  expect(() => readValues(path, Owners)).toThrow(place)
})

test('readValues() refuses what is missing, what is no text and what is too large', () => {
  expect(() => readValues(join(folder, 'absent.yaml'), Owners)).toThrow('absent.yaml: does not exist')
  expect(() => readValues(write(new Uint8Array([0xff, 0xfe, 0x00])), Owners)).toThrow('is not UTF-8 text')
  expect(() => readValues(write(`# ${'x'.repeat(1024 * 1024)}`), Owners)).toThrow('is larger than 1 MiB')
})

test('readValues() refuses a pin of a refused name, which only null may have', () => {
  const { targets } = exampleInputs().pins
  expect(() =>
    readValues(write(JSON.stringify({ targets, env: { LLM_ENABLED: 'true' } }, null, 2)), PinsFile),
  ).toThrow('LLM_ENABLED')
  expect(readValues(write(JSON.stringify({ targets, env: { LLM_ENABLED: null } })), PinsFile).env).toEqual({
    LLM_ENABLED: null,
  })
})

test('LaneValues refuses a lane whose late start falls into the next slot, and accepts one a minute earlier', () => {
  const { lanes } = exampleInputs()
  // 6 h = 360 min; a start may be 30 min late and take 5 min.
  const at = (offsetMinutes: number) =>
    LaneValues.safeParse({
      ...lanes,
      lanes: { ...lanes.lanes, eval: { ...lanes.lanes.eval, offsetMinutes } },
    })
  expect(at(325).success).toBe(false)
  expect(at(324).success).toBe(true)
})

test('LaneValues refuses a schedule for promotions', () => {
  const { lanes } = exampleInputs()
  expect(
    LaneValues.safeParse({ ...lanes, lanes: { ...lanes.lanes, promote: lanes.lanes.eval } }).success,
  ).toBe(false)
})
