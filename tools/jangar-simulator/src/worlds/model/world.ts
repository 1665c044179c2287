import { shuffled } from './draw.ts'
import type { Family, StepShape } from './families.ts'
import { FAMILIES } from './families.ts'
import { pseudoWords } from './words.ts'

export interface Slot {
  name: string
  values: readonly string[]
}

/** `slot` counts the record's fields; one past the last is the answer of the step before. */
export interface Condition {
  slot: number
  value: number
}

export interface Rule {
  conditions: readonly Condition[]
  /** The index of an output word, or the mark that is written behind it. */
  effect: number | 'mark'
}

/** One predictor's task: which word belongs to a record. */
export interface Step {
  /** The name of the output field. */
  name: 'group' | 'answer'
  outputs: readonly string[]
  /** What the model knows without being told: the output for each value of one slot. */
  defaultSlot: number
  defaults: readonly number[]
  /** Exceptions, the deciding one first. */
  rules: readonly Rule[]
  /** An exception that changes the form of the answer, whatever the word is. */
  markRule: Rule | null
}

export interface World {
  /** `conditional-7`: a name is all it takes to make the same world again. */
  name: string
  family: Family
  slots: readonly Slot[]
  mark: string
  steps: readonly Step[]
}

export const SLOTS = 6
const VALUES = 8
const OUTPUTS = 8
const GROUPS = 5

/** The world of this name, null when there is no such family or the seed has other signs than a-z and 0-9. */
export function findOptionalWorld(name: string): World | null {
  const [, familyName, seed] = /^([a-z]+)-([a-z0-9]{1,32})$/.exec(name) ?? []
  const family = FAMILIES.find((candidate) => candidate.name === familyName)
  return family === undefined || seed === undefined ? null : createWorld(family, name)
}

function createWorld(family: Family, name: string): World {
  const words = pseudoWords(SLOTS * (VALUES + 1) + OUTPUTS + GROUPS + 1, name)
  const take = (count: number): string[] => words.splice(0, count)
  const slots = Array.from({ length: SLOTS }, () => ({ name: take(1)[0] ?? '', values: take(VALUES) }))
  const [mark = ''] = take(1)
  const last = family.steps.length - 1
  const steps = family.steps.map((shape, index): Step => {
    const outputs = take(index === last ? OUTPUTS : GROUPS)
    return {
      name: index === last ? 'answer' : 'group',
      outputs,
      ...createRules(shape, { name, index, outputs }),
    }
  })
  return { name, family, slots, mark, steps }
}

/** Two conditions outrank one; the first slot is the default's, so that no rule merely restates it. */
function createRules(
  shape: StepShape,
  { name, index, outputs }: { name: string; index: number; outputs: readonly string[] },
): Pick<Step, 'defaultSlot' | 'defaults' | 'rules' | 'markRule'> {
  const conditions = shuffled(allConditions(), name, index, 'conditions')
  // Rules take words from one end and defaults from the other, so that no single word is right too often.
  const words = shuffled([...outputs.keys()], name, index, 'words')
  const rules = Array.from({ length: shape.pairs + shape.singles }, (_, rule): Rule => {
    const first = conditions.shift() as Condition
    const effect = words.at(-1 - (rule % words.length)) ?? 0
    if (rule >= shape.pairs) return { conditions: [first], effect }
    return { conditions: [first, secondCondition(first, conditions, index)], effect }
  })
  const markRule: Rule | null = shape.mark
    ? { conditions: [conditions[0] as Condition], effect: 'mark' }
    : null
  // A later step's default looks at the answer of the step before.
  const defaultSlot = index === 0 ? 0 : SLOTS
  const values = index === 0 ? VALUES : GROUPS
  const defaults = Array.from({ length: values }, (_, value) => words[value % words.length] ?? 0)
  return { defaultSlot, defaults, rules, markRule }
}

function allConditions(): Condition[] {
  return Array.from({ length: (SLOTS - 1) * VALUES }, (_, index) => ({
    slot: 1 + (index % (SLOTS - 1)),
    value: Math.floor(index / (SLOTS - 1)),
  }))
}

function secondCondition(first: Condition, conditions: Condition[], step: number): Condition {
  if (step > 0) return { slot: SLOTS, value: first.value % GROUPS }
  const at = conditions.findIndex(({ slot }) => slot !== first.slot)
  return conditions.splice(at, 1)[0] as Condition
}
