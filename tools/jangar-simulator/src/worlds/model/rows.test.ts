import { expect, test } from 'vitest'

import { FAMILIES } from './families.ts'
import { worldRow, worldRows } from './rows.ts'
import { namedWorld } from './testing/fixture.ts'
import { findOptionalWorld } from './world.ts'

test('findOptionalWorld() makes the same world from the same name and knows no other family', () => {
  expect(findOptionalWorld('mixed-1')).toEqual(findOptionalWorld('mixed-1'))
  expect(findOptionalWorld('mixed-2')?.slots).not.toEqual(findOptionalWorld('mixed-1')?.slots)
  for (const name of ['mixed', 'mixed-', 'mixed-A', 'unknown-1', `mixed-${'a'.repeat(33)}`]) {
    expect(findOptionalWorld(name), name).toBeNull()
  }
})

test('findOptionalWorld() gives every word one meaning', () => {
  for (const { name } of FAMILIES) {
    const { slots, steps, mark } = namedWorld(`${name}-1`)
    const words = [
      mark,
      ...slots.flatMap((slot) => [slot.name, ...slot.values]),
      ...steps.flatMap((step) => step.outputs),
    ]
    expect(new Set(words).size).toBe(words.length)
  }
})

test('worldRows() keeps every combination of values in one split', () => {
  const world = namedWorld('chain-2')
  const sets = (['train', 'val', 'test'] as const).map(
    (split) => new Set(worldRows(world, split, 100).map(({ inputs }) => Object.values(inputs).join(' '))),
  )
  const sizes = sets.reduce((sum, { size }) => sum + size, 0)
  expect(new Set(sets.flatMap((set) => [...set])).size).toBe(sizes)
  expect(sizes).toBeGreaterThan(290)
})

test('worldRow() is the same whatever was drawn before, at any index', () => {
  const world = namedWorld('mixed-1')
  expect(worldRow(world, 'val', 7)).toEqual(worldRows(world, 'val', 10)[7])
  expect(worldRow(world, 'test', 1_000_000).id).toBe('test-1000000')
})

test('worldRow() is what it was on the day the worlds were frozen', () => {
  expect(worldRow(namedWorld('mixed-1'), 'train', 0)).toMatchInlineSnapshot(`
    {
      "id": "train-0",
      "inputs": {
        "govdub": "pizkat",
        "kudgak": "bemgon",
        "kupvon": "gibzik",
        "mopvak": "vazkad",
        "mumgin": "fakfag",
        "nakfet": "fupvub",
      },
      "outputs": {
        "answer": "nivdex",
      },
    }
  `)
})
