import { expect, test } from 'vitest'

import { PROGRAM_OUTPUT_KEYS } from '@torghut/contracts'

import { sampleOutput } from '../testing/samples.ts'
import { SIGNATURES } from '../signature/registry.ts'
import { ANSWER_FIELDS } from '../signature/trade-review.ts'
import { describeAnswer } from './answer-schema.ts'
import { decodeAnswer } from './decode-answer.ts'
import { encodeAnswerJson } from './encode-answer.ts'

test('ANSWER_FIELDS names exactly the fields of a program output', () => {
  expect(ANSWER_FIELDS.map(({ name }) => name).sort()).toEqual([...PROGRAM_OUTPUT_KEYS].sort())
})

test.each([...SIGNATURES.values()])('describeAnswer() shows every field, word and bound that $name enforces', ({ fields }) => {
  const shown = describeAnswer(fields)
  for (const { name, travels } of fields) {
    const line = shown.split('\n').find((text) => text.startsWith(`- ${name}: `)) ?? ''
    if (travels.kind === 'word') for (const word of Object.values(travels.words)) expect(line).toContain(`"${word}"`)
    if (travels.kind === 'text') expect(line).toContain(`at most ${travels.lengthMax} characters`)
    if (travels.kind === 'list') {
      expect(line).toContain(`at most ${travels.itemsMax} texts of at most ${travels.itemLengthMax} characters`)
    }
    expect(line).not.toBe('')
  }
  expect(shown).toContain('"1.2:a0b6c4"')
})

test('decodeAnswer() enforces the bounds of texts and lists that the model is shown', () => {
  for (const { name, travels } of ANSWER_FIELDS) {
    if (travels.kind === 'text') {
      expect(accepts(name, 'x'.repeat(travels.lengthMax))).toBe(true)
      expect(accepts(name, 'x'.repeat(travels.lengthMax + 1))).toBe(false)
      expect(accepts(name, null)).toBe(travels.optional)
    }
    if (travels.kind === 'list') {
      const item = (index: number) => String(index).padStart(travels.itemLengthMax, 'x')
      const items = Array.from({ length: travels.itemsMax }, (_, index) => item(index))
      expect(accepts(name, items)).toBe(true)
      expect(accepts(name, [...items, 'one more'])).toBe(false)
      expect(accepts(name, [`${item(0)}x`])).toBe(false)
    }
  }
})

function accepts(name: string, value: unknown): boolean {
  const answer: unknown = JSON.parse(encodeAnswerJson(sampleOutput()))
  return decodeAnswer(JSON.stringify({ ...(answer as object), [name]: value })).ok
}
