import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { beforeAll, expect, test } from 'vitest'

import { hashSources, readFrozenWorlds } from '../frozen.ts'
import { FAMILIES } from '../model/families.ts'
import { exactScore } from '../model/oracle.ts'
import { worldRows } from '../model/rows.ts'
import { namedWorld } from '../model/testing/fixture.ts'
import type { World } from '../model/world.ts'
import { renderPage } from '../page.ts'
import type { Difficulty } from './measure.ts'
import { CHEATERS, ROWS, labelDraw, measureDifficulty, ruleTexts, withRules } from './measure.ts'
import { START_INSTRUCTION, rendererOf } from './program.ts'

const PAGE = fileURLToPath(new URL('../../../../../docs/reference/worlds.md', import.meta.url))
const frozen = readFrozenWorlds()

let scores: { world: string; difficulty: Difficulty }[] = []
beforeAll(() => {
  scores = frozen.worlds.map((world) => ({ world, difficulty: measureDifficulty(namedWorld(world)) }))
}, 300_000)

test('measureDifficulty() finds every frozen world as hard as it should be', () => {
  expect(scores.length).toBeGreaterThanOrEqual(20)
  for (const { world, difficulty } of scores) {
    expect(difficulty.unoptimised, world).toBeGreaterThanOrEqual(0.2)
    expect(difficulty.unoptimised, world).toBeLessThanOrEqual(0.35)
    expect(difficulty.stuffed, world).toBeLessThanOrEqual(0.5)
  }
})

test('worlds nobody froze are as hard, so a sealed one will be', () => {
  for (const { name } of FAMILIES) {
    for (const seed of ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']) {
      const world = namedWorld(`${name}-${seed}`)
      const start = rendererOf({ instruction: START_INSTRUCTION, examples: [] }, 'json')
      const score = exactScore(world, worldRows(world, 'test', ROWS.test), start)
      expect(score, world.name).toBeGreaterThanOrEqual(0.2)
      expect(score, world.name).toBeLessThanOrEqual(0.35)
    }
  }
})

test('measureDifficulty() lets every cheater lose against the small honest prompt, in every frozen world', () => {
  for (const { world, difficulty } of scores) {
    for (const cheater of CHEATERS) {
      expect(difficulty[cheater], `${cheater} in ${world}`).toBeLessThan(difficulty.smallHonest - 0.05)
    }
    expect(difficulty.soup, world).toBe(difficulty.unoptimised)
    expect(difficulty.respaced, world).toBe(difficulty.unoptimised)
  }
})

test('measureDifficulty() shows none below labels, below what uses both', () => {
  for (const family of new Set(scores.map(({ world }) => familyOf(world)))) {
    const own = scores.filter(({ world }) => familyOf(world) === family).map(({ difficulty }) => difficulty)
    const mean = (key: keyof Difficulty): number => own.reduce((sum, one) => sum + one[key], 0) / own.length
    expect(mean('labels4'), family).toBeGreaterThan(mean('unoptimised'))
    expect(mean('labels8'), family).toBeGreaterThan(mean('labels4'))
    expect(mean('smallHonest'), family).toBeGreaterThan(mean('labels8'))
    expect(mean('oneRule'), family).toBeGreaterThan(mean('unoptimised'))
    expect(mean('allRules'), family).toBeGreaterThan(mean('oneRule'))
  }
})

test('measureDifficulty() lets instructions win in conditional worlds and examples in similarity worlds', () => {
  for (const { world, difficulty } of scores) {
    if (familyOf(world) === 'conditional')
      expect(difficulty.allRules).toBeGreaterThan(difficulty.labels16 + 0.3)
    if (familyOf(world) === 'similarity')
      expect(difficulty.labels16).toBeGreaterThan(difficulty.allRules + 0.05)
  }
})

test.each(['conditional-1', 'similarity-1', 'mixed-1'])(
  'exactScore() puts a search over label sets between labels and a joint search in %s',
  (name) => {
    const world = namedWorld(name)
    const instructions = [0, 1, 2, 3].map((count) => withRules(ruleTexts(world).slice(0, count * 2)))
    const plain = [START_INSTRUCTION]
    const labels = searched(world, plain, 1)
    const labelSearch = searched(world, plain, 6)
    const joint = searched(world, instructions, 6)
    expect(searched(world, plain, 0)).toBeLessThan(labels)
    expect(labelSearch).toBeGreaterThanOrEqual(labels)
    expect(joint).toBeGreaterThan(labelSearch)
  },
)

test('the reference page is what the frozen worlds give', () => {
  const page = renderPage({ sourcesSha256: hashSources(), sealed: frozen.sealed, scores })
  expect(readFileSync(PAGE, 'utf8')).toBe(page)
})

/** The best exact validation score over instructions and label sets; zero sets is the empty one. */
function searched(world: World, instructions: readonly string[], sets: number): number {
  const train = worldRows(world, 'train', 80)
  const val = worldRows(world, 'val', 40)
  const choices = sets === 0 ? [[]] : [...Array(sets).keys()].map((draw) => labelDraw(world, train, 8, draw))
  const found = choices.flatMap((examples) =>
    instructions.map((instruction) => exactScore(world, val, rendererOf({ instruction, examples }, 'json'))),
  )
  return Math.max(...found)
}

function familyOf(world: string): string {
  return world.split('-')[0] ?? ''
}
