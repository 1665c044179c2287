import type { Statement } from '../read-statements.ts'
import { inOrder } from '../read-task.ts'
import type { WorldRow } from '../rows.ts'
import { worldRow, worldRows } from '../rows.ts'
import type { Step, World } from '../world.ts'
import { findOptionalWorld } from '../world.ts'

export interface Fixture {
  world: World
  /** The first step. */
  step: Step
  rows: WorldRow[]
  /** A test row. */
  row: WorldRow
  /** The step's deciding rule, its words and the statement it makes. */
  rule: { conditionWords: string[]; effectWord: string; statement: Statement }
  sentence: (opening: string, order: string) => string
}

/** A world and what tests say about it. */
export function createFixture(name: string): Fixture {
  const world = namedWorld(name)
  const step = world.steps[0] as Step
  const [rule] = step.rules
  if (rule === undefined) throw new RangeError(`World "${name}" has no rules`)
  const conditionWords = rule.conditions.map(({ slot, value }) => world.slots[slot]?.values[value] ?? '')
  const effectWord = step.outputs[Number(rule.effect)] ?? ''
  return {
    world,
    step,
    rows: worldRows(world, 'train', 20),
    row: worldRow(world, 'test', 0),
    rule: { conditionWords, effectWord, statement: inOrder({ ...rule, step: 0 }) },
    sentence: (opening, order) => `${opening} ${conditionWords.join(' and ')}, ${order} ${effectWord}.`,
  }
}

export function namedWorld(name: string): World {
  const world = findOptionalWorld(name)
  if (world === null) throw new RangeError(`No family makes world "${name}"`)
  return world
}
