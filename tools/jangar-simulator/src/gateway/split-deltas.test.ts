import { expect, test } from 'vitest'

import { splitDeltas } from './split-deltas.ts'

const text = '\n{"price":"3.2:a1b8c2d3e0","note":"ä€ 👩‍👩‍👧 100100100"}'.repeat(20)

test('splitDeltas() drops nothing and repeats nothing', () => {
  expect(splitDeltas(text).join('')).toBe(text)
  expect(splitDeltas('')).toEqual([])
})

test('splitDeltas() gives deltas of 3 to 12 code points, of every length in between', () => {
  const lengths = splitDeltas(text.repeat(5))
    .slice(0, -1)
    .map((delta) => Array.from(delta).length)
  expect(new Set(lengths)).toEqual(new Set([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))
})

test('splitDeltas() never cuts a code point', () => {
  expect(splitDeltas('👩'.repeat(100)).every((delta) => delta.isWellFormed())).toBe(true)
})

test('splitDeltas() cuts the same text at the same places and another text elsewhere', () => {
  expect(splitDeltas(text)).toEqual(splitDeltas(text))
  const cuts = (content: string): number[] => splitDeltas(content).map((delta) => delta.length)
  expect(cuts(text)).not.toEqual(cuts(text.replaceAll('1', '2')))
})
