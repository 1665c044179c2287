import { expect, test } from 'vitest'

import { TemplateRefusedError } from './errors.ts'
import { spellName } from './names.ts'

test('spellName() spells a name for folders, types and codes', () => {
  expect(spellName('tick-size')).toEqual({ kebab: 'tick-size', pascal: 'TickSize', snake: 'tick_size' })
  expect(spellName('a1')).toEqual({ kebab: 'a1', pascal: 'A1', snake: 'a1' })
})

const BAD_LETTERS = ['', 'TickSize', 'tick_size', '1tick', '../tick', 'tick size', 'tick\n', 'tïck']
const BAD_HYPHENS = ['-tick', 'tick-', 'tick--size']

test.each([...BAD_LETTERS, ...BAD_HYPHENS])(
  'spellName() refuses %j in one line',
  (name) => {
    expect(() => spellName(name)).toThrow(TemplateRefusedError)
    expect(() => spellName(name)).toThrow(/^[^\n]+$/)
  },
)

test('spellName() takes 40 characters and refuses 41', () => {
  expect(spellName('a'.repeat(40)).kebab).toHaveLength(40)
  expect(() => spellName('a'.repeat(41))).toThrow(TemplateRefusedError)
})
