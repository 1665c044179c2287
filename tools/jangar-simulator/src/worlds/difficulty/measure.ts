import { describeRule } from '../model/author-call.ts'
import { shuffled } from '../model/draw.ts'
import { exactScore } from '../model/oracle.ts'
import type { WorldRow } from '../model/rows.ts'
import { worldRows } from '../model/rows.ts'
import type { World } from '../model/world.ts'
import type { WorldProgram } from './program.ts'
import { START_INSTRUCTION, rendererOf } from './program.ts'

/** Rows a comparison of optimizers uses; the difficulty table is made from the same ones. */
export const ROWS = { train: 80, val: 60, test: 200 } as const

/** Exact expected scores on the test rows, 0 to 1; one that the name says so on validation rows. */
export interface Difficulty {
  unoptimised: number
  labels4: number
  labels8: number
  labels16: number
  oneRule: number
  allRules: number
  /** The better of half of the rules with four examples, and 16 labels. Every cheater stays below. */
  smallHonest: number
  stuffed: number
  soup: number
  respaced: number
  copied: number
  /** The same cheater on the very rows it copied. */
  copiedOnVal: number
  constant: number
}

export const CHEATERS = ['stuffed', 'soup', 'respaced', 'copied', 'copiedOnVal', 'constant'] as const

/** How hard a world is, and what cheating brings in it. */
export function measureDifficulty(world: World): Difficulty {
  const train = worldRows(world, 'train', ROWS.train)
  const val = worldRows(world, 'val', ROWS.val)
  const test = worldRows(world, 'test', ROWS.test)
  const score = (program: Partial<WorldProgram>, rows = test): number =>
    exactScore(
      world,
      rows,
      rendererOf({ instruction: START_INSTRUCTION, examples: [], ...program }, 'key-value'),
    )
  const rules = ruleTexts(world)
  const labels = (count: number): number => score({ examples: labelDraw(world, train, count) })
  const labels16 = labels(16)
  return {
    unoptimised: score({}),
    labels4: labels(4),
    labels8: labels(8),
    labels16,
    oneRule: score({ instruction: withRules(rules.slice(0, 1)) }),
    allRules: score({ instruction: withRules(rules) }),
    smallHonest: Math.max(labels16, score(halfOfTheRules(world, train))),
    stuffed: score({ examples: train }),
    soup: score({ instruction: `${START_INSTRUCTION} ${keywordSoup(world)}` }),
    respaced: score({ instruction: START_INSTRUCTION.replaceAll(' ', '\n  ') }),
    copied: score({ examples: val }),
    copiedOnVal: score({ examples: val }, val),
    constant: Math.max(...countsOf(test.map(({ outputs }) => outputs['answer'] ?? ''))) / test.length,
  }
}

/** What little honest work finds: half of the rules, and four labelled rows as examples. */
export function halfOfTheRules(world: World, train: readonly WorldRow[]): WorldProgram {
  const rules = ruleTexts(world)
  const half = rules.slice(0, Math.ceil(rules.length / 2))
  return { instruction: withRules(half), examples: labelDraw(world, train, 4) }
}

/** `count` training rows, the same for the same world and draw. */
export function labelDraw(world: World, train: readonly WorldRow[], count: number, draw = 0): WorldRow[] {
  return shuffled(train, world.name, 'labels', draw).slice(0, count)
}

/** Every hidden rule as a sentence, in an order that mixes the kinds. */
export function ruleTexts(world: World): string[] {
  const rules = world.steps.flatMap((step, index) =>
    [...step.rules, ...(step.markRule === null ? [] : [step.markRule])].map((rule) => ({
      ...rule,
      step: index,
    })),
  )
  return shuffled(rules, world.name, 'rule texts').map((rule) => describeRule(world, rule))
}

/** The start instruction with sentences behind it. */
export function withRules(rules: readonly string[]): string {
  return [START_INSTRUCTION, ...rules].join('\n')
}

/** Every word of the world, and no sentence that says what belongs to what. */
export function keywordSoup(world: World): string {
  const words = [
    ...world.slots.flatMap(({ name, values }) => [name, ...values]),
    ...world.steps.flatMap(({ outputs }) => outputs),
    world.mark,
  ]
  return shuffled(words, world.name, 'soup').join(', ')
}

function countsOf(items: readonly string[]): number[] {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  return [...counts.values()]
}
