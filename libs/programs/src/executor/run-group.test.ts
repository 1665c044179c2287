import fc from 'fast-check'
import { expect, test } from 'vitest'

import { majorityOf, runGroup } from './run-group.ts'
import type { GroupOptions, GroupTask, MergeStrategy } from './run-group.ts'

interface Outcome {
  ok: boolean
  value: string
}

const NEVER = new AbortController().signal

/** Tasks that end when they are told to, in any order, and hear of an abort. */
function controlled(count: number) {
  const ends = Array.from({ length: count }, () => Promise.withResolvers<Outcome>())
  const started: number[] = []
  const aborted: number[] = []
  const tasks = ends.map(({ promise, resolve }, at): GroupTask<Outcome> => (signal) => {
    started.push(at)
    signal.addEventListener('abort', () => {
      aborted.push(at)
      resolve({ ok: false, value: 'aborted' })
    })
    return promise
  })
  return { tasks, started, aborted, end: (at: number, ok = true, value = `v${at}`) => ends[at]?.resolve({ ok, value }) }
}

function options(merge: MergeStrategy, changes: Partial<GroupOptions<Outcome>> = {}): GroupOptions<Outcome> {
  return { limit: 9, merge, signal: NEVER, isSuccess: ({ ok }) => ok, voteOf: ({ value }) => value, ...changes }
}

test('runGroup() gives results in the order of the tasks, in whatever order they end', async () => {
  const { tasks, end } = controlled(4)
  const results = runGroup(tasks, options('all'))
  for (const at of [2, 0, 3, 1]) end(at)
  expect((await results).map((result) => result?.value)).toEqual(['v0', 'v1', 'v2', 'v3'])
})

test('runGroup() of nothing gives nothing, and refuses a limit below one', async () => {
  expect(await runGroup([], options('all'))).toEqual([])
  await expect(runGroup([], options('all', { limit: 0 }))).rejects.toThrow(RangeError)
})

test.each([1, 2, 3])('runGroup() never runs more than %d tasks at once, and as many where it can', async (limit) => {
  let underWay = 0
  let peak = 0
  const task: GroupTask<Outcome> = async () => {
    underWay += 1
    peak = Math.max(peak, underWay)
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    underWay -= 1
    return { ok: true, value: '' }
  }
  await runGroup(Array.from({ length: 10 }, () => task), options('all', { limit }))
  expect(peak).toBe(limit)
})

test('runGroup() of all stops its siblings at the first failure and starts none that waited', async () => {
  const { tasks, started, aborted, end } = controlled(5)
  const results = runGroup(tasks, options('all', { limit: 3 }))
  end(1, false)
  expect((await results).map((result) => result?.ok)).toEqual([undefined, false, undefined, undefined, undefined])
  expect(started).toEqual([0, 1, 2])
  expect(aborted).toEqual([0, 1, 2])
})

test('runGroup() of the first waits for those before it, then stops those behind it', async () => {
  const { tasks, aborted, end } = controlled(4)
  const results = runGroup(tasks, options('first'))
  end(2)
  await Promise.resolve()
  end(0, false)
  await new Promise((resolve) => setImmediate(resolve))
  expect(aborted).toEqual([])
  end(1)
  expect((await results).map((result) => result?.ok)).toEqual([false, true, true, undefined])
  expect(aborted).toContain(3)
})

test('runGroup() of a majority stops once nobody can catch up', async () => {
  const { tasks, aborted, end } = controlled(5)
  const results = runGroup(tasks, options('majority'))
  end(0, true, 'yes')
  end(1, true, 'no')
  end(2, true, 'yes')
  await new Promise((resolve) => setImmediate(resolve))
  expect(aborted).toEqual([])
  end(4, true, 'yes')
  expect(majorityOf(await results, ({ ok }) => ok, ({ value }) => value)).toMatchObject({ at: 0, votes: 3 })
  expect(aborted).toContain(3)
})

test('runGroup() of each waits for everybody', async () => {
  const { tasks, aborted, end } = controlled(3)
  const results = runGroup(tasks, options('each'))
  for (const at of [0, 1, 2]) end(at, at === 1)
  expect((await results).map((result) => result?.ok)).toEqual([false, true, false])
  expect(aborted).toEqual([])
})

test('runGroup() passes an abort from outside on and starts nothing after it', async () => {
  const outside = new AbortController()
  const { tasks, started, aborted } = controlled(3)
  const results = runGroup(tasks, options('all', { limit: 2, signal: outside.signal }))
  outside.abort()
  await results
  expect(aborted).toEqual([0, 1])
  expect(started).toEqual([0, 1])
})

test('runGroup() rejects with what a task throws, once its siblings have stopped', async () => {
  const { tasks, aborted } = controlled(2)
  const broken = () => Promise.reject(new TypeError('broken'))
  await expect(runGroup([...tasks, broken], options('each'))).rejects.toThrow('broken')
  expect(aborted).toEqual([0, 1])
})

test('majorityOf() takes the largest group\'s first result and nobody on a tie', () => {
  const vote = (values: (string | null)[]) =>
    majorityOf(values.map((value) => ({ ok: value !== null, value })), ({ ok }) => ok, ({ value }) => value ?? '')
  expect(vote(['a', 'b', 'b'])).toMatchObject({ at: 1, votes: 2 })
  expect(vote(['a', 'b', 'c', 'c', 'd'])).toMatchObject({ at: 2, votes: 2 })
  expect(vote(['a', 'b'])).toBeNull()
  expect(vote([null, null])).toBeNull()
  expect(vote([null, 'a', null])).toMatchObject({ at: 1, votes: 1 })
})

test('majorityOf() does not depend on the order of the votes', () => {
  const votes = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(votes, (values) => {
      const winner = (order: string[]) => majorityOf(order, () => true, (value) => value)?.result ?? null
      expect(winner(values.toReversed())).toBe(winner(values))
    }),
    { numRuns: 200 },
  )
})
