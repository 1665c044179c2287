import { expect, test } from 'vitest'

import { namedStream, shuffled } from './random-stream.ts'

test('namedStream() gives the numbers it always gave', () => {
  const stream = namedStream('seed-1', 'demos', 3)
  expect([1, 2, 3, 4].map(() => stream.nextBelow(1000))).toEqual([728, 10, 470, 804])
  expect(stream.nextUnit()).toBe(0.9746294649842984)
})

test('namedStream() shares nothing between purposes, however they are spelled', () => {
  const first = (...name: [string, ...(string | number)[]]) => namedStream(...name).nextUnit()
  const names: [string, ...(string | number)[]][] = [['a'], ['b'], ['a', 'b'], ['a', 'b', 1], ['a', 'b1'], ['a', 'b', '1']]
  expect(new Set(names.map((name) => first(...name))).size).toBe(names.length)
})

test('nextBelow() reaches every number about equally often and no other', () => {
  const stream = namedStream('fair')
  const counts = [0, 0, 0, 0, 0]
  for (let draw = 0; draw < 10_000; draw += 1) counts[stream.nextBelow(5)]! += 1
  expect(counts).toHaveLength(5)
  expect(counts.every((count) => Math.abs(count - 2000) < 200)).toBe(true)
  expect(() => stream.nextBelow(0)).toThrow(RangeError)
  expect(() => stream.nextBelow(1.5)).toThrow(RangeError)
})

test('shuffled() keeps every item and leaves the list alone', () => {
  const items = ['a', 'b', 'c', 'd', 'e', 'f']
  const mixed = shuffled(items, namedStream('order'))
  expect([...mixed].sort()).toEqual(items)
  expect(mixed).not.toEqual(items)
  expect(items).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})
