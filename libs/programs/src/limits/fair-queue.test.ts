import fc from 'fast-check'
import { expect, test } from 'vitest'

import { FairQueue, TENANTS_MAX } from './fair-queue.ts'

interface Item {
  tenant: string
  cost: number
  label: string
}

const item = (tenant: string, cost = 1, label = tenant): Item => ({ tenant, cost, label })

function queueOf(items: readonly Item[], weights: Record<string, number> = {}): FairQueue<Item> {
  const queue = new FairQueue<Item>(new Map(Object.entries(weights)))
  for (const each of items) queue.push(each)
  return queue
}

function drain(queue: FairQueue<Item>): string {
  const served: string[] = []
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) served.push(next.label)
  return served.join(' ')
}

const many = (tenant: string, count: number, cost = 1) => Array.from({ length: count }, () => item(tenant, cost))

test('shift() serves tenants in turn, however much one of them asks for', () => {
  expect(drain(queueOf([...many('a', 5), ...many('b', 2)]))).toBe('a b a b a a a')
})

test('shift() serves by weight', () => {
  expect(drain(queueOf([...many('a', 6), ...many('b', 3)], { a: 2 }))).toBe('a b a a b a a b a')
})

test('shift() charges what was asked for, so a tenant of large requests comes up less often', () => {
  expect(drain(queueOf([...many('l', 2, 3), ...many('s', 6)]))).toBe('l s s s l s s s')
})

test('shift() keeps the order within a tenant', () => {
  expect(drain(queueOf([item('a', 1, '1'), item('a', 9, '2'), item('a', 1, '3')]))).toBe('1 2 3')
})

test('shift() gives nobody turns for having been away', () => {
  const queue = queueOf(many('a', 20))
  for (let turn = 0; turn < 10; turn += 1) queue.shift()
  for (const each of many('b', 3)) queue.push(each)
  expect(drain(queue)).toBe('b a b a b a a a a a a a a')
})

test('shift() gives nobody turns for having come back', () => {
  const queue = queueOf([item('b'), ...many('a', 20)])
  for (let turn = 0; turn < 10; turn += 1) queue.shift()
  for (const each of many('b', 3)) queue.push(each)
  expect(drain(queue).startsWith('b a b a b a a')).toBe(true)
})

test('peek() names whom shift() serves', () => {
  const queue = queueOf([item('b'), item('a')])
  expect(queue.peek()).toBe(queue.shift())
  expect(queueOf([]).peek()).toBeUndefined()
  expect(queueOf([]).shift()).toBeUndefined()
})

test('dropLast() takes the newest of the longest line for its weight', () => {
  const queue = queueOf([...many('a', 3), item('a', 1, 'newest a'), ...many('b', 3)], { a: 2 })
  expect(queue.dropLast()?.tenant).toBe('b')
  expect(queue.dropLast()?.label).toBe('newest a')
  expect(queue.size).toBe(5)
  expect(queueOf([]).dropLast()).toBeUndefined()
})

test('remove() takes out what is meant and charges nobody', () => {
  const queue = queueOf([item('a', 100, 'big'), item('a', 1, 'small'), item('b')])
  expect(queue.remove(({ label }) => label === 'big')).toHaveLength(1)
  expect(queue.size).toBe(2)
  expect(drain(queue)).toBe('small b')
})

test('new FairQueue() refuses weights that are none', () => {
  for (const weight of [0, -1, Number.NaN, Infinity]) expect(() => queueOf([], { a: weight })).toThrow(RangeError)
})

test('shift() forgets idle tenants beyond its bound, and keeps on serving', () => {
  const queue = queueOf([item('z forgotten')])
  queue.shift()
  for (let tenant = 0; tenant < TENANTS_MAX * 3; tenant += 1) {
    queue.push(item(`t${tenant}`))
    expect(queue.shift()?.tenant).toBe(`t${tenant}`)
  }
  expect(queue.size).toBe(0)
  queue.push(item(`t${TENANTS_MAX * 3 - 1}`))
  queue.push(item('z forgotten'))
  expect(queue.shift()?.tenant).toBe('z forgotten')
})

test('shift() serves two tenants that both always wait within one request each of their weights', () => {
  const request = fc.record({ a: fc.integer({ min: 1, max: 9 }), b: fc.integer({ min: 1, max: 9 }) })
  const weight = fc.integer({ min: 1, max: 5 })
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 60 }), weight, weight, (requests, weightA, weightB) => {
      const weights: Record<string, number> = { a: weightA, b: weightB }
      const queue = queueOf(requests.flatMap(({ a, b }) => [item('a', a), item('b', b)]), weights)
      const served: Record<string, number> = { a: 0, b: 0 }
      const left: Record<string, number> = { a: requests.length, b: requests.length }
      // Start-time fair queuing: the shares of two backlogged tenants differ by their largest requests at most.
      const largest = { a: Math.max(...requests.map(({ a }) => a)), b: Math.max(...requests.map(({ b }) => b)) }
      const bound = largest.a / weightA + largest.b / weightB
      while (left['a']! > 0 && left['b']! > 0) {
        const { tenant, cost } = queue.shift()!
        served[tenant]! += cost / weights[tenant]!
        left[tenant]! -= 1
        expect(Math.abs(served['a']! - served['b']!)).toBeLessThanOrEqual(bound + 1e-9)
      }
    }),
    { numRuns: 300 },
  )
})
