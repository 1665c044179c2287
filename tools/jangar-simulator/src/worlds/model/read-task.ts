import type { ShownRecord, PromptMessage } from './read-records.ts'
import { readRecords } from './read-records.ts'
import type { Statement } from './read-statements.ts'
import { readStatements, stressesLayout } from './read-statements.ts'
import { wordCount } from './tokens.ts'
import type { Output, Values } from './truth.ts'
import { truthOf } from './truth.ts'
import type { World } from './world.ts'

/** A record with an answer; whether the answer is right is for the reader to judge. */
export interface Example {
  values: Values
  output: Output
}

/** What a task prompt says, once its wording is left behind. */
export interface TaskPrompt {
  step: number
  /** The query's values, with the answer of the step before where there is one. */
  values: Values
  examples: Example[]
  statements: Statement[]
  words: number
  /** The prompt shows whole replies of an assistant. */
  showsLayout: boolean
  stressesLayout: boolean
}

/** Reads a task prompt; null when its last user message holds no record of this world. */
export function readTask(world: World, messages: readonly PromptMessage[]): TaskPrompt | null {
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const records = readRecords(world, messages)
  const query = records.findLast(({ message }) => message === last)
  if (query === undefined) return null
  const given = givenAnswer(query)
  const step = world.steps.length > 1 && given !== null ? 1 : 0
  const values = step === 0 || given === null ? query.values : [...query.values, given]
  const told = messages.filter(({ role }) => role !== 'assistant').map(({ content }) => content)
  return {
    step,
    values,
    examples: distinct(
      records.filter((record) => record !== query).flatMap((record) => exampleOf(world, step, record)),
    ),
    statements: distinct(told.flatMap((text) => readStatements(world, text)).map(inOrder)),
    words: messages.reduce((sum, { content }) => sum + wordCount(world, content), 0),
    showsLayout: records.some(({ replied }) => replied.length > 0),
    stressesLayout: told.some(stressesLayout),
  }
}

/** Who says a thing twice says nothing new. */
export function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}

/** Conditions in the order of the slots, so that equal statements are written alike. */
export function inOrder(statement: Statement): Statement {
  return {
    ...statement,
    conditions: statement.conditions.toSorted((a, b) => a.slot - b.slot || a.value - b.value),
  }
}

/** The answer of the first step that stands with a record; several are a list of choices, not an answer. */
function givenAnswer({ given, beside }: ShownRecord): number | null {
  return given ?? onlyWord(beside, 0)
}

/** An example of a step; the record itself, not what was said of it, decides which group it is in. */
function exampleOf(world: World, step: number, record: ShownRecord): Example[] {
  const single = world.steps.length === 1
  const word =
    lastWord(record.replied, step) ??
    (!single && step === 0 ? givenAnswer(record) : onlyWord(record.beside, step))
  if (word === null) return []
  const marks = [...record.replied, ...record.beside].some(({ kind }) => kind === 'mark')
  const first = world.steps[0]
  const group = givenAnswer(record) ?? (first === undefined ? 0 : truthOf(first, record.values).word)
  const values = step === 0 ? record.values : [...record.values, group]
  return [{ values, output: { word, marked: marks && step === world.steps.length - 1 } }]
}

function wordsAmong(tokens: ShownRecord['beside'], step: number): number[] {
  return tokens.flatMap((token) => (token.kind === 'output' && token.step === step ? [token.word] : []))
}

function onlyWord(tokens: ShownRecord['beside'], step: number): number | null {
  const words = new Set(wordsAmong(tokens, step))
  const [only = null] = words
  return words.size === 1 ? only : null
}

/** The last word of a run: who reasons aloud ends with the answer, and feedback corrects what it follows. */
export function lastWord(tokens: ShownRecord['beside'], step: number): number | null {
  return wordsAmong(tokens, step).at(-1) ?? null
}
