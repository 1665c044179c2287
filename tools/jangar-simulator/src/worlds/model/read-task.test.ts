import { expect, test } from 'vitest'

import { STYLES, rendererOf } from '../difficulty/program.ts'
import { createFixture } from './testing/fixture.ts'
import { readTask } from './read-task.ts'

const { world, step, rows, row, sentence, rule } = createFixture('mixed-1')
const chain = createFixture('chain-1')

test.each(STYLES)('readTask() finds query and examples in %s prompts', (style) => {
  const render = rendererOf({ instruction: 'Answer.', examples: rows.slice(0, 3) }, style)
  const prompt = readTask(world, render('answer', row.inputs))
  expect(prompt).toMatchObject({ step: 0, statements: [], showsLayout: true })
  expect(prompt?.values.map((value, slot) => world.slots[slot]?.values[value])).toEqual(
    Object.values(row.inputs),
  )
  const said = prompt?.examples.map(({ output }) => [step.outputs[output.word], output.marked])
  expect(said).toEqual(
    rows.slice(0, 3).map(({ outputs: { answer = '' } }) => [answer.split(' ')[0], answer.includes(' ')]),
  )
})

test('readTask() finds examples inside one message, and the query at its end', () => {
  const shown = rows.slice(0, 2).map(({ inputs, outputs }) => `${prose(inputs)} gives ${outputs['answer']}.`)
  const prompt = readTask(world, [
    { role: 'user', content: [...shown, `And ${prose(row.inputs)}?`].join('\n') },
  ])
  expect(prompt?.examples).toHaveLength(2)
  expect(prompt?.values).toHaveLength(6)
})

test('readTask() takes the last word of a reasoning reply, and no word of a list of choices', () => {
  const [first, second] = step.outputs
  const asked = { role: 'user', content: prose(rows[0]?.inputs ?? {}) }
  const query = { role: 'user', content: `${prose(row.inputs)} Choose one of ${step.outputs.join(', ')}.` }
  const reasoned = [asked, { role: 'assistant', content: `Not ${first}, because of it: ${second}` }, query]
  expect(readTask(world, reasoned)?.examples.map(({ output }) => output.word)).toEqual([1])
  const choices = `${prose(rows[0]?.inputs ?? {})} Choose one of ${step.outputs.join(', ')}.`
  expect(readTask(world, [{ role: 'user', content: choices }, query])?.examples).toEqual([])
})

test('readTask() finds no task without a whole record in the last user message', () => {
  const [, ...fields] = Object.values(row.inputs)
  expect(readTask(world, [{ role: 'user', content: fields.join(' ') }])).toBeNull()
  expect(readTask(world, [{ role: 'user', content: Object.values(row.inputs).join(' ') }])).not.toBeNull()
  expect(readTask(world, [])).toBeNull()
  const [subject = '', ...rest] = Object.values(row.inputs)
  const other = world.slots[1]?.values.find((word) => word !== rest[0]) ?? ''
  const contradicted = [subject, other, ...rest].join(' ')
  expect(readTask(world, [{ role: 'user', content: contradicted }])).toBeNull()
})

test('readTask() asks for the second step when the first answer stands with the record, before or behind it', () => {
  const { group = '' } = chain.row.outputs
  const record = prose(chain.row.inputs)
  for (const content of [`${record}\ngroup: ${group}`, `group: ${group}\n${record}`]) {
    const prompt = readTask(chain.world, [{ role: 'user', content }])
    expect(prompt).toMatchObject({ step: 1 })
    expect(chain.step.outputs[prompt?.values[6] ?? -1]).toBe(group)
  }
  expect(readTask(chain.world, [{ role: 'user', content: record }])).toMatchObject({ step: 0 })
})

test('readStatements() reads a rule in any wording, and from bullets, lines and prose', () => {
  for (const text of [
    sentence('If', 'then answer'),
    sentence('- When', ': say'),
    `1. ${sentence('Given', 'the word is')}\n2. Be brief.`,
    `Be brief\n${sentence('Whenever', 'reply')}\nThank you`,
    `Answer ${rule.effectWord} when ${rule.conditionWords.join(' and ')}.`,
    sentence('IF', 'DO NOT FORGET TO ANSWER').toUpperCase(),
  ]) {
    expect(statementsIn(text), text).toEqual([rule.statement])
  }
})

test('readStatements() reads nothing from negations, heaps, choices and bare conditions', () => {
  for (const text of [
    sentence('If', 'never answer'),
    sentence('If', "don't answer"),
    `${rule.conditionWords.join(' ')} ${step.outputs.join(' ')}`,
    `${rule.conditionWords.join(' ')}.`,
    `Always answer ${rule.effectWord}.`,
    `${world.slots.map(({ values }) => values[0]).join(' ')} ${rule.effectWord}`,
  ]) {
    expect(statementsIn(text), text).toEqual([])
  }
})

test('readStatements() splits a sentence of two rules, and gives up at three', () => {
  const [a, b, c] = [0, 1, 2].map(
    (value) => `${world.slots[value + 1]?.values[value]} means ${step.outputs[value]}`,
  )
  expect(statementsIn(`${a} and ${b}.`)).toHaveLength(2)
  expect(statementsIn(`${a}, ${b}, ${c}.`)).toEqual([])
})

function statementsIn(text: string) {
  const messages = [
    { role: 'system', content: text },
    { role: 'user', content: prose(row.inputs) },
  ]
  return readTask(world, messages)?.statements
}

function prose(inputs: Readonly<Record<string, string>>): string {
  return `A record with ${Object.values(inputs).join(', ')}`
}
