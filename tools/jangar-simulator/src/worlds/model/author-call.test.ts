import { expect, test } from 'vitest'

import { ruleTexts, withRules } from '../difficulty/measure.ts'
import { START_INSTRUCTION, rendererOf } from '../difficulty/program.ts'
import { answerAuthor } from './author-call.ts'
import { isTrue } from './knowledge.ts'
import { exactScore } from './oracle.ts'
import { readStatements } from './read-statements.ts'
import { worldRows } from './rows.ts'
import { createFixture } from './testing/fixture.ts'

const { world, step } = createFixture('mixed-1')
const train = worldRows(world, 'train', 80)
const evidence = train
  .slice(0, 30)
  .map(({ inputs, outputs }) => `${JSON.stringify(inputs)}\nright answer: ${outputs['answer']}`)

test('answerAuthor() learns nothing without evidence', () => {
  const text = answerAuthor(world, ask('Write a better instruction.', 0))
  expect(readStatements(world, text)).toEqual([])
  const tests = worldRows(world, 'test', 40)
  const score = (instruction: string): number =>
    exactScore(world, tests, rendererOf({ instruction, examples: [] }, 'json'))
  expect(score(text)).toBe(score(START_INSTRUCTION))
})

test('answerAuthor() finds at most two rules a call, more with more evidence, and most of them true', () => {
  const found = (pieces: number): ReturnType<typeof readStatements>[number][] =>
    variants(40).flatMap((variant) => {
      const statements = readStatements(
        world,
        answerAuthor(world, ask(evidence.slice(0, pieces).join('\n\n'), variant)),
      )
      expect(statements.filter((statement) => isTrue(step, statement)).length).toBeLessThanOrEqual(2)
      return statements
    })
  const [few, many] = [found(3), found(30)]
  expect(many.length).toBeGreaterThan(few.length)
  const truths = many.filter((statement) => isTrue(step, statement))
  expect(truths.length).toBeGreaterThan(many.length * 0.7)
  expect(truths.length).toBeLessThan(many.length)
})

test('answerAuthor() takes a correction and not the mistake before it', () => {
  const [wrong = ''] = step.outputs
  const corrected = train
    .slice(0, 30)
    .map(({ inputs, outputs }) => `${JSON.stringify(inputs)}\nsaid: ${wrong}\nexpected: ${outputs['answer']}`)
  const mistaken = train.slice(0, 30).map(({ inputs }) => `${JSON.stringify(inputs)}\nsaid: ${wrong}`)
  const count = (pieces: string[]): number =>
    variants(20)
      .flatMap((variant) => readStatements(world, answerAuthor(world, ask(pieces.join('\n\n'), variant))))
      .filter((statement) => isTrue(step, statement)).length
  expect(count(corrected)).toBeGreaterThan(count(mistaken))
})

test('answerAuthor() keeps most stated rules', () => {
  const rules = ruleTexts(world)
  const kept = variants(30).map(
    (variant) => readStatements(world, answerAuthor(world, ask(withRules(rules), variant))).length,
  )
  const mean = kept.reduce((sum, count) => sum + count, 0) / kept.length
  expect(mean).toBeGreaterThan(rules.length * 0.9)
  expect(Math.min(...kept)).toBeLessThan(rules.length)
})

test('answerAuthor() writes into the layout it is asked for', () => {
  expect(answerAuthor(world, ask('Put the new text inside ``` blocks.', 0))).toMatch(/^```\n[^`]+\n```$/)
  expect(answerAuthor(world, ask('Respond with [[ ## proposed_instruction ## ]].', 0))).toMatch(
    /^\[\[ ## proposed_instruction ## \]\]\nRead/,
  )
  expect(JSON.parse(answerAuthor(world, ask('Answer in JSON: {"summary": "..."}', 0)))).toEqual({
    summary: START_INSTRUCTION,
  })
})

test('answerAuthor() does not depend on wording or order', () => {
  const text = answerAuthor(world, ask(evidence.join('\n\n'), 1))
  expect(answerAuthor(world, ask(evidence.toReversed().join('\n\n---\n\n'), 1))).toBe(text)
})

function ask(content: string, variant: number) {
  return [{ role: 'user', content: `${content}\n\n(variant ${variant})` }]
}

function variants(count: number): number[] {
  return [...Array(count).keys()]
}
