import type { Condition, Rule, Step, World } from './world.ts'
import { SLOTS } from './world.ts'

/** One value a slot, as indices; behind the last slot the answer of the step before, when there is one. */
export type Values = readonly number[]

/** An output word and whether the mark stands behind it. */
export interface Output {
  word: number
  marked: boolean
}

export interface Truth extends Output {
  /** Null when the default decides. */
  rule: Rule | null
}

/** What is right for these values in this step. */
export function truthOf(step: Step, values: Values): Truth {
  const rule = step.rules.find(({ conditions }) => holds(conditions, values)) ?? null
  const marked = step.markRule !== null && holds(step.markRule.conditions, values)
  return { word: typeof rule?.effect === 'number' ? rule.effect : defaultOf(step, values), marked, rule }
}

/** The values a step sees when every step before it was right. */
export function valuesAt(world: World, stepIndex: number, values: Values): Values {
  const first = world.steps[0]
  const own = values.slice(0, SLOTS)
  return stepIndex === 0 || first === undefined ? own : [...own, truthOf(first, own).word]
}

export function defaultOf(step: Step, values: Values): number {
  return step.defaults[values[step.defaultSlot] ?? 0] ?? 0
}

export function holds(conditions: readonly Condition[], values: Values): boolean {
  return conditions.every(({ slot, value }) => values[slot] === value)
}

/** An output as a prompt and a reply spell it. */
export function spell(world: World, step: Step, { word, marked }: Output): string {
  const text = step.outputs[word] ?? ''
  return marked ? `${text} ${world.mark}` : text
}
