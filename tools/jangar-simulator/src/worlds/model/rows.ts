import { UndrawableRowError } from './errors.ts'
import { draw, drawIndex } from './draw.ts'
import type { Values } from './truth.ts'
import { defaultOf, spell, truthOf, valuesAt } from './truth.ts'
import type { Condition, Step, World } from './world.ts'
import { SLOTS } from './world.ts'

export type Split = 'train' | 'val' | 'test'

export interface WorldRow {
  id: string
  /** Slot name to value, in the order of the slots. */
  inputs: Readonly<Record<string, string>>
  /** Output field to what is right: `answer`, and `group` before it in a world of two steps. */
  outputs: Readonly<Record<string, string>>
}

/** How often the form of an answer matters, where it can. */
const MARKED_SHARE = 0.25

/** Tries before a row gives up on the rules it was to show. */
const TRIES_PER_TARGET = 60
const TRIES_MAX = 40 * TRIES_PER_TARGET

/**
 * Row `index` of a split, for any whole number from 0. No combination of values is in two splits.
 * Throws UndrawableRowError when the world's rules leave no such row.
 */
export function worldRow(world: World, split: Split, index: number): WorldRow {
  const values = rowValues(world, split, index)
  const inputs = Object.fromEntries(
    world.slots.map(({ name, values: words }, slot) => [name, words[values[slot] ?? 0] ?? '']),
  )
  const outputs = Object.fromEntries(
    world.steps.map((step, place) => [
      step.name,
      spell(world, step, truthOf(step, valuesAt(world, place, values))),
    ]),
  )
  return { id: `${split}-${index}`, inputs, outputs }
}

/** The first `count` rows of a split. */
export function worldRows(world: World, split: Split, count: number): WorldRow[] {
  return Array.from({ length: count }, (_, index) => worldRow(world, split, index))
}

function rowValues(world: World, split: Split, index: number): Values {
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    const target = Math.floor(attempt / TRIES_PER_TARGET)
    const targets = world.steps.map((step, place) => chooseTarget(world, step, [split, index, place, target]))
    const imposed = targets.flatMap(({ conditions }) => conditions)
    const values = Array.from({ length: SLOTS }, (_, slot) => {
      const given = imposed.find((condition) => condition.slot === slot)?.value
      return (
        given ??
        drawIndex(world.slots[slot]?.values.length ?? 0, world.name, 'value', split, index, attempt, slot)
      )
    })
    const fits = targets.every((wanted, place) =>
      shows(world.steps[place] as Step, wanted, valuesAt(world, place, values)),
    )
    if (fits && splitOf(world, values) === split) return values
  }
  throw new UndrawableRowError(world.name, split, index)
}

interface Target {
  rule: number
  marked: boolean
  conditions: readonly Condition[]
}

/** Which rule a row is to show: rare conditions would otherwise hardly ever be met. */
function chooseTarget(world: World, step: Step, path: readonly (string | number)[]): Target {
  const shape = world.family.steps[world.steps.indexOf(step)]
  const share = shape?.defaultShare ?? 0
  const isDefault = evenShare(world, path) < share
  const rule = isDefault ? -1 : drawIndex(step.rules.length, world.name, 'rule', ...path)
  const marked = step.markRule !== null && draw(world.name, 'mark', ...path) < MARKED_SHARE
  const conditions = [
    ...(step.rules[rule]?.conditions ?? []),
    ...(marked ? (step.markRule?.conditions ?? []) : []),
  ]
  return { rule, marked, conditions }
}

/**
 * Spread evenly over the rows of a split, so that a few hundred rows already have the shares they
 * should; every step takes an irrational pace of its own, and every target a new start.
 */
function evenShare(
  world: World,
  [split = '', index = 0, place = 0, target = 0]: readonly (string | number)[],
): number {
  const start = draw(world.name, 'default', split, place, target)
  return (start + Number(index) * (PACES[Number(place)] ?? 0)) % 1
}

/** The golden ratio's fraction and the root of two's: their multiples never fall into step. */
const PACES = [0.6180339887498949, 0.4142135623730951]

/** An exception that agrees with the default would show nothing. */
function shows(step: Step, target: Target, values: Values): boolean {
  const truth = truthOf(step, values)
  const decides = truth.rule === (step.rules[target.rule] ?? null)
  return (
    decides &&
    truth.marked === target.marked &&
    (truth.rule === null || truth.word !== defaultOf(step, values))
  )
}

/** A quarter each for training and validation; the combination itself decides. */
function splitOf(world: World, values: Values): Split {
  const share = draw(world.name, 'split', ...values)
  if (share < 0.25) return 'train'
  return share < 0.5 ? 'val' : 'test'
}
