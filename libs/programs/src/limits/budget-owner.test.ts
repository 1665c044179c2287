import fc from 'fast-check'
import { expect, test } from 'vitest'

import { BudgetOwner, withAllowance } from './budget-owner.ts'
import type { BudgetOwnerOptions, BudgetRefused, Grant, RunAllowance } from './budget-owner.ts'

const ONE = { calls: 1, tokens: 10 }

/** An owner on a clock that only `advance` moves; timers fire on the way, in order. */
function ownerAt(changes: Partial<BudgetOwnerOptions> = {}) {
  const clock = { nowMs: 1_000 }
  const timers = new Set<{ atMs: number; wake: () => void }>()
  const owner = new BudgetOwner({
    bounds: { calls: 4, tokens: 100 },
    waitingMax: 100,
    now: () => clock.nowMs,
    setTimer: (delayMs, wake) => {
      const timer = { atMs: clock.nowMs + delayMs, wake }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    ...changes,
  })
  const advance = (ms: number) => {
    const endMs = clock.nowMs + ms
    for (;;) {
      const [next] = [...timers].filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs)
      if (next === undefined) break
      clock.nowMs = Math.max(clock.nowMs, next.atMs)
      timers.delete(next)
      next.wake()
    }
    clock.nowMs = endMs
  }
  const openRun = (tenant = 'desk', lifeMs = 60_000, signal?: AbortSignal) =>
    owner.openRun({ tenant, endsAtMs: clock.nowMs + lifeMs, ...(signal === undefined ? {} : { signal }) })
  return { owner, advance, openRun, timers }
}

/** What a request came to by now; null while it waits. */
async function now(answer: Promise<Grant | BudgetRefused>): Promise<Grant | BudgetRefused | null> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
  return await Promise.race([answer, Promise.resolve(null)])
}

async function granted(run: RunAllowance, need = ONE): Promise<Grant> {
  const answer = await now(run.acquire(need))
  if (answer?.ok !== true) throw new TypeError(`Not granted: ${JSON.stringify(answer)}`)
  return answer
}

test('acquire() grants up to the bounds exactly, and waits from there on', async () => {
  const { owner, openRun } = ownerAt()
  const run = openRun()
  const first = await granted(run, { calls: 4, tokens: 99 })
  const second = run.acquire({ calls: 0, tokens: 1 })
  expect(await now(second)).toEqual({ ok: true, calls: 0, tokens: 1 })
  const third = run.acquire({ calls: 1, tokens: 0 })
  expect(await now(third)).toBeNull()
  expect(owner.held()).toEqual({ calls: 4, tokens: 100, waiting: 1 })
  run.giveBack(first)
  expect(await now(third)).toMatchObject({ ok: true })
  expect(owner.held()).toEqual({ calls: 1, tokens: 1, waiting: 0 })
})

test('acquire() refuses at once what will never fit, naming the budget', async () => {
  const { openRun } = ownerAt()
  const never = { ok: false, reason: 'too_large', budget: 'calls', retryAfterMs: null }
  expect(await openRun().acquire({ calls: 5, tokens: 0 })).toEqual(never)
  expect(await openRun().acquire({ calls: 1, tokens: 101 })).toMatchObject({ reason: 'too_large', budget: 'tokens' })
  await expect(openRun().acquire({ calls: -1, tokens: 0 })).rejects.toThrow(RangeError)
  await expect(openRun().acquire({ calls: 1, tokens: Number.NaN })).rejects.toThrow(RangeError)
})

test('acquire() refuses when too many wait, and says what is short and when there is room at the latest', async () => {
  const { openRun } = ownerAt({ waitingMax: 1 })
  await granted(openRun('desk', 3_000), { calls: 1, tokens: 60 })
  await granted(openRun('desk', 9_000), { calls: 1, tokens: 40 })
  const waiting = openRun().acquire({ calls: 1, tokens: 30 })
  const refused = openRun().acquire({ calls: 1, tokens: 70 })
  expect(await now(refused)).toEqual({ ok: false, reason: 'queue_full', budget: 'tokens', retryAfterMs: 9_000 })
  const sooner = openRun().acquire({ calls: 1, tokens: 50 })
  expect(await now(sooner)).toMatchObject({ reason: 'queue_full', retryAfterMs: 3_000 })
  expect(await now(waiting)).toBeNull()
})

test('acquire() without a queue still grants what is free', async () => {
  const { openRun } = ownerAt({ waitingMax: 0 })
  await granted(openRun(), { calls: 4, tokens: 0 })
  expect(await now(openRun().acquire(ONE))).toMatchObject({ ok: false, reason: 'queue_full', budget: 'calls' })
})

test('acquire() of a flooding tenant does not keep others out of a full queue', async () => {
  const { openRun } = ownerAt({ waitingMax: 3 })
  const holder = openRun()
  const all = await granted(holder, { calls: 4, tokens: 0 })
  const flood = Array.from({ length: 3 }, () => openRun('flood').acquire({ calls: 4, tokens: 0 }))
  const quiet = openRun('quiet').acquire({ calls: 4, tokens: 0 })
  expect(await now(flood[2]!)).toMatchObject({ ok: false, reason: 'queue_full' })
  expect(await now(quiet)).toBeNull()
  holder.giveBack(all)
  expect(await now(flood[0]!)).toMatchObject({ ok: true })
})

test('acquire() lets nobody overtake a large request whose turn it is', async () => {
  const { openRun } = ownerAt()
  const holder = openRun()
  const held = await granted(holder, { calls: 2, tokens: 0 })
  const large = openRun('large').acquire({ calls: 4, tokens: 0 })
  const small = openRun('small').acquire({ calls: 1, tokens: 0 })
  expect([await now(large), await now(small)]).toEqual([null, null])
  holder.giveBack(held)
  expect(await now(large)).toMatchObject({ ok: true })
  expect(await now(small)).toBeNull()
})

test('acquire() grants no more than is free when several wait for one that ends', async () => {
  const { owner, openRun } = ownerAt()
  const holder = openRun()
  await granted(holder, { calls: 4, tokens: 100 })
  const byTokens = [1, 2].map(() => openRun().acquire({ calls: 1, tokens: 60 }))
  holder.end()
  expect([await now(byTokens[0]!), await now(byTokens[1]!)]).toEqual([expect.objectContaining({ ok: true }), null])
  expect(owner.held()).toEqual({ calls: 1, tokens: 60, waiting: 1 })
})

test('acquire() charges by the budget a request needs most of, whichever that is', async () => {
  const { openRun } = ownerAt()
  const holder = openRun()
  const held = await granted(holder, { calls: 4, tokens: 0 })
  const served: string[] = []
  const ask = (tenant: string, need: { calls: number; tokens: number }) => {
    const run = openRun(tenant)
    void run.acquire(need).then(() => {
      served.push(tenant)
      run.end()
    })
  }
  for (let request = 0; request < 2; request += 1) ask('a: 40 % of the tokens', { calls: 1, tokens: 40 })
  for (let request = 0; request < 4; request += 1) ask('b: a fourth of the calls', { calls: 1, tokens: 1 })
  holder.giveBack(held)
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve()
  expect(served.map(([tenant]) => tenant).join('')).toBe('abbabb')
})

test('end() gives back what a run holds, refuses what it waits for, and does so once', async () => {
  const { owner, openRun } = ownerAt()
  const run = openRun()
  const grant = await granted(run, { calls: 3, tokens: 0 })
  const own = run.acquire({ calls: 2, tokens: 0 })
  const other = openRun().acquire({ calls: 4, tokens: 0 })
  run.end()
  expect(await now(own)).toMatchObject({ ok: false, reason: 'run_ended' })
  expect(await now(other)).toMatchObject({ ok: true })
  run.end()
  run.giveBack(grant)
  expect(owner.held()).toEqual({ calls: 4, tokens: 0, waiting: 0 })
  expect(await run.acquire(ONE)).toMatchObject({ ok: false, reason: 'run_ended' })
})

test('giveBack() counts a grant once, and only in the run it belongs to', async () => {
  const { owner, openRun } = ownerAt()
  const [run, other] = [openRun(), openRun()]
  const grant = await granted(run)
  other.giveBack(grant)
  expect(owner.held().calls).toBe(1)
  run.giveBack(grant)
  run.giveBack(grant)
  expect(owner.held()).toEqual({ calls: 0, tokens: 0, waiting: 0 })
})

test('openRun() ends the run when it aborts, also when it has already', async () => {
  const { owner, openRun } = ownerAt()
  const abort = new AbortController()
  const run = openRun('desk', 60_000, abort.signal)
  await granted(run, { calls: 4, tokens: 0 })
  const waiting = run.acquire(ONE)
  abort.abort()
  expect(await now(waiting)).toMatchObject({ ok: false, reason: 'run_ended' })
  expect(owner.held()).toEqual({ calls: 0, tokens: 0, waiting: 0 })
  expect(await openRun('desk', 60_000, abort.signal).acquire(ONE)).toMatchObject({ reason: 'run_ended' })
})

test('acquire() takes back one request that aborts, and lets the next one through', async () => {
  const { owner, openRun } = ownerAt()
  const run = openRun()
  await granted(run, { calls: 2, tokens: 0 })
  const abort = new AbortController()
  const large = openRun().acquire({ calls: 4, tokens: 0 }, abort.signal)
  const small = openRun().acquire({ calls: 2, tokens: 0 })
  expect(await now(small)).toBeNull()
  abort.abort()
  expect(await now(large)).toMatchObject({ ok: false, reason: 'aborted' })
  expect(await now(small)).toMatchObject({ ok: true })
  expect(await openRun().acquire(ONE, abort.signal)).toMatchObject({ reason: 'aborted' })
  expect(owner.held().waiting).toBe(0)
})

test('a run that crashed gives everything back at its deadline, and whoever waits is served then', async () => {
  const { owner, advance, openRun, timers } = ownerAt()
  await granted(openRun('crashed', 5_000), { calls: 4, tokens: 0 })
  const waiting = openRun('alive', 60_000).acquire({ calls: 1, tokens: 0 })
  advance(4_999)
  expect(await now(waiting)).toBeNull()
  advance(1)
  expect(await now(waiting)).toMatchObject({ ok: true })
  expect(owner.held()).toEqual({ calls: 1, tokens: 0, waiting: 0 })
  expect(timers.size).toBe(0)
})

test('a request that waits past the deadline of its own run is refused', async () => {
  const { advance, openRun } = ownerAt()
  await granted(openRun('desk', 60_000), { calls: 4, tokens: 0 })
  const waiting = openRun('desk', 2_000).acquire(ONE)
  advance(2_000)
  expect(await now(waiting)).toMatchObject({ ok: false, reason: 'run_ended' })
})

test('withAllowance() ends the run with its work, also when that throws', async () => {
  const { owner } = ownerAt()
  const terms = { tenant: 'desk', endsAtMs: 60_000 }
  const crash = withAllowance(owner, terms, async (allowance) => {
    await allowance.acquire(ONE)
    throw new RangeError('crash')
  })
  await expect(crash).rejects.toThrow('crash')
  expect(owner.held()).toEqual({ calls: 0, tokens: 0, waiting: 0 })
  expect(await withAllowance(owner, terms, async (allowance) => (await allowance.acquire(ONE)).ok)).toBe(true)
  expect(owner.held().calls).toBe(0)
})

const TENANTS = ['a', 'b', 'c']

const step = fc.record({
  what: fc.constantFrom(
    ...['open', 'acquire', 'acquire', 'acquire', 'give back', 'end', 'abort run', 'abort request', 'time'],
  ),
  tenant: fc.constantFrom(...TENANTS),
  calls: fc.nat(4),
  tokens: fc.nat(110),
  ms: fc.integer({ min: 1, max: 9_000 }),
  pick: fc.nat(),
})

interface LiveRun {
  allowance: RunAllowance
  abort: AbortController
  requests: { answer: Promise<Grant | BudgetRefused>; abort: AbortController }[]
  grants: Grant[]
}

test('BudgetOwner grants nothing above its bounds, answers everybody and leaks nothing, come what may', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const bounds = { calls: 4, tokens: 100 }
      const { owner, advance, openRun, timers } = ownerAt({ bounds, waitingMax: 6, weights: new Map([['a', 3]]) })
      const runs: LiveRun[] = []
      for (const { what, tenant, calls, tokens, ms, pick } of steps) {
        const run = runs[pick % Math.max(runs.length, 1)]
        if (what === 'open' || run === undefined) {
          const abort = new AbortController()
          runs.push({ allowance: openRun(tenant, ms, abort.signal), abort, requests: [], grants: [] })
        } else if (what === 'acquire') {
          const abort = new AbortController()
          const answer = run.allowance.acquire({ calls, tokens }, abort.signal)
          run.requests.push({ answer, abort })
          void answer.then((each) => each.ok && run.grants.push(each))
        } else if (what === 'give back') {
          const grant = run.grants[pick % Math.max(run.grants.length, 1)]
          if (grant !== undefined) run.allowance.giveBack(grant)
        } else if (what === 'end') run.allowance.end()
        else if (what === 'abort run') run.abort.abort()
        else if (what === 'abort request') run.requests[pick % Math.max(run.requests.length, 1)]?.abort.abort()
        else advance(ms)
        const held = owner.held()
        expect(held.calls).toBeLessThanOrEqual(bounds.calls)
        expect(held.tokens).toBeLessThanOrEqual(bounds.tokens)
        expect(held.waiting).toBeLessThanOrEqual(6)
        expect(held.waiting === 0).toBe(timers.size === 0)
        await Promise.resolve()
      }
      advance(10_000)
      for (const run of runs) for (const { answer } of run.requests) expect(await now(answer)).not.toBeNull()
      expect(owner.held()).toEqual({ calls: 0, tokens: 0, waiting: 0 })
      expect(timers.size).toBe(0)
    }),
    { numRuns: 150 },
  )
})

test('BudgetOwner shares a full house by weight among tenants that never stop asking', async () => {
  const { openRun } = ownerAt({ bounds: { calls: 3, tokens: 1_000 }, weights: new Map([['a', 3]]) })
  const served: string[] = []
  const open: { allowance: RunAllowance; tenant: string }[] = []
  const ask = (tenant: string) => {
    const allowance = openRun(tenant)
    void allowance.acquire({ calls: 1, tokens: 1 }).then((grant) => {
      if (!grant.ok) return
      served.push(tenant)
      open.push({ allowance, tenant })
    })
  }
  for (let request = 0; request < 12; request += 1) for (const tenant of ['b', 'a']) ask(tenant)
  for (let turn = 0; turn < 400; turn += 1) {
    for (let settle = 0; settle < 4; settle += 1) await Promise.resolve()
    const ended = open.shift()
    if (ended === undefined) break
    ask(ended.tenant)
    ended.allowance.end()
  }
  const shareOfA = served.slice(8, 208).filter((tenant) => tenant === 'a').length / 200
  expect(shareOfA).toBeCloseTo(0.75, 1)
})
