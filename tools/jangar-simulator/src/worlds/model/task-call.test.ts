import { expect, test } from 'vitest'

import { ruleTexts, withRules } from '../difficulty/measure.ts'
import type { Style } from '../difficulty/program.ts'
import { START_INSTRUCTION, STYLES, rendererOf } from '../difficulty/program.ts'
import { UnreadablePromptError } from './errors.ts'
import { FAMILIES } from './families.ts'
import { correctShare, exactScore } from './oracle.ts'
import type { PromptMessage } from './read-records.ts'
import type { WorldRow } from './rows.ts'
import { worldRows } from './rows.ts'
import { answerTask } from './task-call.ts'
import { createFixture, namedWorld } from './testing/fixture.ts'

const { world, rows, row, rule, sentence } = createFixture('mixed-1')
const tests = worldRows(world, 'test', 60)
const allRules = ruleTexts(world)

test.each([
  ['markers', /^\[\[ ## answer ## \]\]\n.+\n\n\[\[ ## completed ## \]\]$/],
  ['key-value', /^answer: .+$/],
  ['json', /^\{"answer":".+"\}$/],
] as const)('answerTask() answers %s prompts in their own layout', (style, layout) => {
  expect(answerTask(world, promptFor(row, { style, examples: rows.slice(0, 2) }))).toMatch(layout)
  expect(answerTask(world, promptFor(row, { style }))).toMatch(layout)
})

test('answerTask() answers the same words whatever the layout, the field names and the order', () => {
  const examples = rows.slice(0, 6)
  const backwards = { examples: examples.toReversed(), instruction: withRules(allRules.toReversed()) }
  for (const asked of tests) {
    const prompts = [
      ...STYLES.map((style) => promptFor(asked, { style, examples, instruction: withRules(allRules) })),
      renamed(promptFor(asked, backwards)),
    ]
    const said = prompts.map((prompt) => worldWords(answerTask(world, prompt)))
    expect(said[0]).not.toBe('')
    expect(new Set(said).size).toBe(1)
  }
})

test('answerTask() rolls again for another variant, and not for other white space or wording', () => {
  const say = (line: string): string[] =>
    tests.map((asked) => answerTask(world, promptFor(asked, { instruction: `${START_INSTRUCTION} ${line}` })))
  const plain = say('')
  for (const line of ['   \n ', 'Please think step by step!', 'You are an expert.']) {
    expect(say(line)).toEqual(plain)
  }
  expect(say('(variant 1)')).not.toEqual(plain)
  expect(say('Variant: 1')).toEqual(say('(variant 1)'))
})

test('answerTask() is right about as often as the oracle says', () => {
  const many = worldRows(world, 'test', 600)
  const render = rendererOf({ instruction: withRules(allRules), examples: [] }, 'key-value')
  const right = many.filter(
    ({ inputs, outputs }) => answerTask(world, render('answer', inputs)) === `answer: ${outputs['answer']}`,
  )
  // Four standard errors of 600 rolls are 0.08 at most, and the rolls are always the same.
  expect(Math.abs(right.length / many.length - exactScore(world, many, render))).toBeLessThan(0.08)
})

test('correctShare() ignores an example that is the query itself, under any answer', () => {
  const own = tests[0] ?? row
  const others = rows.slice(0, 3)
  const share = (examples: WorldRow[]): number => correctShare(world, promptFor(own, { examples }))
  expect(share([...others, own])).toBe(share(others))
  expect(share([...others, { ...own, outputs: { answer: rule.effectWord } }])).toBe(share(others))
})

test('correctShare() counts an example once, and wrong examples against the rule', () => {
  const own = tests.find(({ outputs }) => outputs['answer'] === rule.effectWord) ?? row
  const alike = worldRows(world, 'train', 80).filter(({ outputs }) => outputs['answer'] === rule.effectWord)
  const [first = row, second = row] = alike
  const share = (examples: WorldRow[]): number => correctShare(world, promptFor(own, { examples }))
  expect(share([first])).toBeGreaterThan(share([]))
  expect(share([first, first])).toBe(share([first]))
  expect(share([first, second])).toBeGreaterThan(share([first]))
  const wrong = {
    ...second,
    outputs: { answer: world.steps[0]?.outputs.find((word) => word !== rule.effectWord) ?? '' },
  }
  expect(share([first, wrong])).toBeLessThan(share([first]))
})

/**
 * A wrong first answer may reach the right end by luck, which knowledge of the second step takes
 * away: a hair in worlds of two steps, nothing in the others.
 */
const LUCK = { chain: 0.002 } as Readonly<Record<string, number>>

test.each(FAMILIES.map(({ name }) => name))(
  'exactScore() never falls with one more true rule in %s worlds',
  (family) => {
    for (const name of [1, 2, 3, 4].map((seed) => `${family}-${seed}`)) {
      const own = namedWorld(name)
      const rules = ruleTexts(own).slice(0, own.family.task.capacity.statements)
      const scores = [...Array(rules.length + 1).keys()].map((count) => scoreOf(name, rules.slice(0, count)))
      for (const [index, score] of scores.slice(1).entries()) {
        expect(score).toBeGreaterThanOrEqual((scores[index] ?? 0) - (LUCK[family] ?? 1e-12))
      }
      expect(scores.at(-1)).toBeGreaterThan((scores[0] ?? 1) + 0.05)
    }
  },
)

test('exactScore() falls with false rules', () => {
  const { world: own, step } = createFixture('small-1')
  const truths = ruleTexts(own)
  const lies = own.slots.slice(1).map(({ values }, index) => `If ${values[7]} then ${step.outputs[index]}.`)
  expect(scoreOf('small-1', [...truths, ...lies])).toBeLessThan(scoreOf('small-1', truths) - 0.05)
  expect(scoreOf('small-1', lies)).toBeLessThan(scoreOf('small-1', []))
})

test('exactScore() of two steps is what running the program over and over gives', () => {
  const chain = namedWorld('chain-1')
  const some = worldRows(chain, 'test', 20)
  const render = rendererOf({ instruction: START_INSTRUCTION, examples: [] }, 'key-value')
  const say = (step: string, inputs: Readonly<Record<string, string>>, variant: number): string => {
    const messages = [...render(step, inputs), { role: 'system', content: `variant ${variant}` }]
    return answerTask(chain, messages).replace(`${step}: `, '')
  }
  const runs = some.flatMap(({ inputs, outputs }) =>
    [...Array(60).keys()].map((variant) => {
      const group = say('group', inputs, variant)
      const isRight = say('answer', { ...inputs, group }, variant) === outputs['answer']
      return { isRight, byLuck: isRight && group !== outputs['group'] }
    }),
  )
  const share = runs.filter(({ isRight }) => isRight).length / runs.length
  // Four standard errors of 1,200 rolls are below 0.06.
  expect(Math.abs(share - exactScore(chain, some, render))).toBeLessThan(0.06)
  const straight = some.map(({ inputs, outputs: { group = '' } }) => {
    const prompts = [render('group', inputs), render('answer', { ...inputs, group })]
    return prompts.reduce((product, prompt) => product * correctShare(chain, prompt), 1)
  })
  const luck = exactScore(chain, some, render) - straight.reduce((sum, one) => sum + one, 0) / some.length
  const seenLuck = runs.filter(({ byLuck }) => byLuck).length / runs.length
  expect(seenLuck).toBeGreaterThan(luck * 0.6)
  expect(seenLuck).toBeLessThan(luck * 1.6)
})

test('correctShare() throws where a prompt holds no record', () => {
  const messages = [{ role: 'user', content: sentence('If', 'say') }]
  expect(() => correctShare(world, messages)).toThrow(UnreadablePromptError)
})

function promptFor(
  asked: WorldRow,
  program: { style?: Style; examples?: readonly WorldRow[]; instruction?: string },
): readonly PromptMessage[] {
  const { style = 'json', ...rest } = program
  return rendererOf({ instruction: START_INSTRUCTION, examples: [], ...rest }, style)('answer', asked.inputs)
}

function scoreOf(name: string, rules: readonly string[]): number {
  const own = namedWorld(name)
  const program = { instruction: withRules(rules), examples: [] }
  return exactScore(own, worldRows(own, 'test', 60), rendererOf(program, 'json'))
}

/** The output words of a text, in their order. */
function worldWords(text: string): string {
  const words = [...(world.steps[0]?.outputs ?? []), world.mark]
  return (text.match(/[a-z]+/g) ?? []).filter((word) => words.includes(word)).join(' ')
}

/** Field names in a model's prompt mean nothing: the values do. */
function renamed(messages: readonly PromptMessage[]): PromptMessage[] {
  return messages.map(({ role, content }) => ({
    role,
    content: world.slots.reduce((text, { name }, index) => text.replaceAll(name, `FIELD${index}`), content),
  }))
}
