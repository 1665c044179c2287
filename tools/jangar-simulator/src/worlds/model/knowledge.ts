import type { TaskProfile } from './families.ts'
import type { Example, TaskPrompt } from './read-task.ts'
import type { Statement } from './read-statements.ts'
import type { Output, Truth, Values } from './truth.ts'
import { defaultOf, holds, truthOf } from './truth.ts'
import type { Condition, Rule, Step, World } from './world.ts'
import { SLOTS } from './world.ts'

/** A model that guesses is sometimes right, and one that knows everything still errs. */
const FLOOR = 0.1
const CEILING = 0.97

/** How well the defaults are known without a word about them. */
const DEFAULT_KNOWN = 0.85

/** What a statement gives that names only a part of the conditions, beside a whole one. */
const LOOSE_STATEMENT = 0.6

/** What is left of knowledge when a statement says the opposite. */
const LEFT_WHEN_CONTRADICTED = 0.35

/** What an example of the same rule weighs that shares no other value; one that shares all weighs 1. */
const UNLIKE_EXAMPLE = 0.55

/** Statements over the capacity that halve the attention. */
const STATEMENTS_TO_HALVE = 12

/** A missing layout example, and a missing word about the layout, each leave this much carelessness. */
const CARELESSNESS_LEFT = 0.25

/** What is right for a prompt's query, and how likely the simulated model says it. */
export interface Expectation {
  truth: Truth
  /** Before the layout is looked at. */
  correct: number
  wellFormed: number
}

/** P(correct) = floor + gain · knowledge · attention, with knowledge of the word and of the form. */
export function expect(world: World, prompt: TaskPrompt): Expectation {
  const { task } = world.family
  const step = world.steps[prompt.step] as Step
  const truth = truthOf(step, prompt.values)
  const examples = prompt.examples.filter(({ values }) => !sameRecord(values, prompt.values))
  // A statement about another step says nothing of this one; it only costs attention.
  const statements = prompt.statements.filter((statement) => statement.step === prompt.step)
  const lesson = { ...prompt, step, truth, examples, statements, task }
  const known = wordKnown(lesson) * (truth.marked ? markKnown(lesson) : 1)
  const correct = FLOOR + (CEILING - FLOOR) * known * attention(prompt, task)
  return { truth, correct, wellFormed: wellFormed(prompt, task) }
}

interface Lesson {
  step: Step
  values: Values
  truth: Truth
  examples: readonly Example[]
  statements: readonly Statement[]
  task: TaskProfile
}

/** An example that is the query itself would be a leak of its answer, not knowledge. */
function sameRecord(one: Values, other: Values): boolean {
  return one.slice(0, SLOTS).every((value, slot) => other[slot] === value)
}

function wordKnown(lesson: Lesson): number {
  const { step, truth, values, task } = lesson
  const deciding = truth.rule ?? defaultRule(step, values)
  const prior = truth.rule === null ? DEFAULT_KNOWN : 0
  const balance = support(lesson, deciding.conditions, (example) => {
    const right = truthOf(step, example.values)
    return right.rule === truth.rule && (right.rule !== null || sameDefault(step, example.values, values))
      ? example.output.word === right.word
      : null
  })
  return joined(prior, stated(lesson, deciding, truth.word), shown(task, balance))
}

function markKnown(lesson: Lesson): number {
  const { step, task } = lesson
  const rule = step.markRule
  if (rule === null) return 1
  const balance = support(lesson, rule.conditions, ({ values, output }) =>
    holds(rule.conditions, values) ? output.marked : null,
  )
  return joined(0, stated(lesson, rule, 'mark'), shown(task, balance))
}

function joined(prior: number, fromStatements: { gain: number; left: number }, fromExamples: number): number {
  return (1 - (1 - prior) * (1 - fromStatements.gain) * (1 - fromExamples)) * fromStatements.left
}

/** What the statements that apply to the query give, and what contradictions leave of it. */
function stated(
  { step, values, statements, task }: Lesson,
  deciding: Rule,
  effect: Rule['effect'],
): { gain: number; left: number } {
  const result = { gain: 0, left: 1 }
  for (const statement of statements) {
    const sameKind = (statement.effect === 'mark') === (effect === 'mark')
    if (!sameKind || !holds(statement.conditions, values)) continue
    if (statement.effect !== effect) {
      // A rule that a more particular one outranks is no contradiction.
      if (!isTrue(step, statement)) result.left = LEFT_WHEN_CONTRADICTED
      continue
    }
    const whole = deciding.conditions.every((condition) => includes(statement.conditions, condition))
    result.gain = Math.max(result.gain, task.instructions * (whole ? 1 : LOOSE_STATEMENT))
  }
  return result
}

/** Whether a statement is one of the step's own rules or defaults, word for word. */
export function isTrue(step: Step, statement: Rule): boolean {
  if (statement.effect === 'mark') return step.markRule !== null && sameConditions(step.markRule, statement)
  const [only] = statement.conditions
  const restatesDefault =
    statement.conditions.length === 1 &&
    only?.slot === step.defaultSlot &&
    step.defaults[only.value] === statement.effect
  return (
    restatesDefault ||
    step.rules.some((rule) => rule.effect === statement.effect && sameConditions(rule, statement))
  )
}

export function sameConditions(one: Rule, other: Rule): boolean {
  return (
    one.conditions.length === other.conditions.length &&
    one.conditions.every((condition) => includes(other.conditions, condition))
  )
}

function includes(conditions: readonly Condition[], { slot, value }: Condition): boolean {
  return conditions.some((condition) => condition.slot === slot && condition.value === value)
}

function defaultRule(step: Step, values: Values): Rule {
  const slot = step.defaultSlot
  return { conditions: [{ slot, value: values[slot] ?? 0 }], effect: defaultOf(step, values) }
}

function sameDefault(step: Step, one: Values, other: Values): boolean {
  return one[step.defaultSlot] === other[step.defaultSlot]
}

/**
 * Right examples of a rule count for it and wrong ones against it (null is an example of another
 * rule), the more the liker they are to the query; two conditions need twice the examples.
 */
function support(
  { values, examples }: Lesson,
  conditions: readonly Condition[],
  judge: (example: Example) => boolean | null,
): number {
  const balance = examples.reduce((sum, example) => {
    const right = judge(example)
    if (right === null) return sum
    const weight = UNLIKE_EXAMPLE + (1 - UNLIKE_EXAMPLE) * likeness(example.values, values, conditions)
    return sum + (right ? weight : -weight)
  }, 0)
  return Math.max(0, balance) / conditions.length
}

/** The share of the slots outside the conditions that hold the same value. */
function likeness(one: Values, other: Values, conditions: readonly Condition[]): number {
  const slots = [...other.keys()].filter((slot) => conditions.every((condition) => condition.slot !== slot))
  return slots.filter((slot) => one[slot] === other[slot]).length / slots.length
}

function shown(task: TaskProfile, balance: number): number {
  return (task.demonstrations * balance) / (balance + task.demonstrationsForHalf)
}

/** 1 up to the capacity; each kind of excess halves it at its own pace. */
function attention({ statements, examples, words }: TaskPrompt, task: TaskProfile): number {
  const { capacity, demonstrationsToHalve } = task
  return (
    1 /
    (1 +
      excess(statements.length, capacity.statements) / STATEMENTS_TO_HALVE +
      excess(examples.length, capacity.demonstrations) / demonstrationsToHalve +
      excess(words, capacity.words) / capacity.words)
  )
}

function excess(count: number, capacity: number): number {
  return Math.max(0, count - capacity)
}

function wellFormed({ showsLayout, stressesLayout }: TaskPrompt, task: TaskProfile): number {
  const helps = [showsLayout, stressesLayout].filter((help) => help).length
  return 1 - (1 - task.wellFormed) * CARELESSNESS_LEFT ** helps
}

/** What the model says instead of the truth, and how the rest of the probability is shared out. */
export function mistakes(step: Step, truth: Truth, values: Values): { output: Output; share: number }[] {
  const common = truth.rule === null ? truth.word : defaultOf(step, values)
  const words = [...step.outputs.keys()].filter((word) => word !== truth.word)
  // The commonest mistake is not to know the exception, or not to know its form.
  const usual: Output[] = common === truth.word && !truth.marked ? [] : [{ word: common, marked: false }]
  const others = words.map((word): Output => ({ word, marked: false }))
  const rest = usual.length === 0 ? 1 : 0.5
  return [
    ...usual.map((output) => ({ output, share: 0.5 })),
    ...others.map((output) => ({ output, share: rest / others.length })),
  ]
}
