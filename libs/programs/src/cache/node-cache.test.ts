import { sha256Hex } from '@torghut/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'

import { memoryTier } from '../testing/memory-tier.ts'
import type { CacheTier } from './cache-tier.ts'
import { NodeCache, nodeCacheKey } from './node-cache.ts'
import type { NodeCacheKey } from './node-cache.ts'
import { CACHE_SAVES_MAX, CACHE_TTL_MS } from './tiered-cache.ts'
import type { CacheOptions, Computed } from './tiered-cache.ts'

interface Failed {
  ok: false
  cause: 'gateway_reset'
}

const FAILED: Failed = { ok: false, cause: 'gateway_reset' }
const Output = z.strictObject({ claim: z.string() })

const keyOf = (changes: Partial<NodeCacheKey> = {}): NodeCacheKey => ({
  artifactHash: 'a'.repeat(64),
  nodeId: 'thesis',
  nodeVersion: 'signal_synthesis:v1',
  inputsHash: sha256Hex('inputs'),
  model: 'gpt-5.3-codex-spark',
  variant: 0,
  adapterVersion: 'adapter-v1',
  schemaVersion: 'answer-v1',
  settings: {},
  ...changes,
})

function cacheAt(changes: Partial<CacheOptions> = {}) {
  const clock = { nowMs: 1_795_000_000_000 }
  const cache = new NodeCache<Failed>({ now: () => clock.nowMs, ...changes })
  const ask = (
    compute: (signal: AbortSignal) => Promise<Computed<Failed>>,
    key = keyOf(),
    signal = new AbortController().signal,
    programName = 'committee',
  ) => cache.resolve({ programName, key, parse: (output) => Output.parse(output), signal }, compute)
  return { cache, clock, ask }
}

/** A node that answers with its number of calls. */
function counter() {
  const calls = { count: 0 }
  const compute = async (): Promise<Computed<Failed>> => {
    calls.count += 1
    return { ok: true, output: { claim: `call ${calls.count}` } }
  }
  return { calls, compute }
}

/** A node that answers when the test says so. */
function pending() {
  const { promise, resolve, reject } = Promise.withResolvers<Computed<Failed>>()
  const calls: AbortSignal[] = []
  const compute = (signal: AbortSignal) => {
    calls.push(signal)
    return promise
  }
  return { calls, compute, answer: () => resolve({ ok: true, output: { claim: 'late' } }), resolve, reject }
}

const settle = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

test('resolve() computes once in ten repeats: a hit rate of 90 %', async () => {
  const { cache, ask } = cacheAt()
  const { calls, compute } = counter()
  for (let repeat = 0; repeat < 10; repeat += 1) {
    const source = repeat === 0 ? 'computed' : 'memory'
    expect(await ask(compute)).toEqual({ ok: true, value: { claim: 'call 1' }, source })
  }
  expect(calls.count).toBe(1)
  expect(cache.counts()).toMatchObject({ memoryHits: 9, misses: 1, entries: 1 })
})

test('resolve() misses when any part of the key changes, each on its own', async () => {
  const { ask } = cacheAt()
  const { calls, compute } = counter()
  await ask(compute)
  const changes: Partial<NodeCacheKey>[] = [
    { artifactHash: 'b'.repeat(64) },
    { nodeId: 'counter' },
    { nodeVersion: 'signal_synthesis:v2' },
    { inputsHash: sha256Hex('other') },
    { model: 'other' },
    { variant: 1 },
    { adapterVersion: 'adapter-v2' },
    { schemaVersion: 'answer-v2' },
    { settings: { temperature: 0.3 } },
    { settings: { temperature: 0.4 } },
    { settings: { route: 'structured' } },
  ]
  for (const change of changes) expect(await ask(compute, keyOf(change))).toMatchObject({ source: 'computed' })
  expect(calls.count).toBe(1 + changes.length)
  expect(new Set([{}, ...changes].map((change) => nodeCacheKey(keyOf(change)))).size).toBe(1 + changes.length)
})

test('nodeCacheKey() does not depend on the order of parts or settings', () => {
  const forwards = keyOf({ settings: { a: 1, b: 2 } })
  const backwards = Object.fromEntries(Object.entries(keyOf({ settings: { b: 2, a: 1 } })).reverse())
  expect(nodeCacheKey(backwards as unknown as NodeCacheKey)).toBe(nodeCacheKey(forwards))
})

test('resolve() makes one call for ten who miss at once, and gives each a value of his own', async () => {
  const { cache, ask } = cacheAt()
  const node = pending()
  const asked = Array.from({ length: 10 }, () => ask(node.compute))
  await settle()
  node.answer()
  const answers = await Promise.all(asked)
  expect(node.calls).toHaveLength(1)
  expect(answers.map(({ source }) => source)).toEqual(['computed', ...Array.from({ length: 9 }, () => 'flight')])
  const values = answers.map((answer) => (answer.ok ? answer.value : null))
  expect(new Set(values).size).toBe(10)
  expect(cache.counts()).toMatchObject({ misses: 1, shared: 9 })
})

test('resolve() keeps nothing of the run that computed: not its objects, not what they become later', async () => {
  const { ask } = cacheAt()
  const output = { claim: 'first' }
  const first = await ask(async () => ({ ok: true, output }))
  output.claim = 'changed by the run'
  if (first.ok) first.value.claim = 'changed by the caller'
  expect(await ask(counter().compute)).toEqual({ ok: true, value: { claim: 'first' }, source: 'memory' })
})

test('resolve() lets one caller leave without the others noticing', async () => {
  const { ask } = cacheAt()
  const node = pending()
  const leaving = new AbortController()
  const first = ask(node.compute, keyOf(), leaving.signal)
  const second = ask(node.compute)
  await settle()
  leaving.abort(new RangeError('deadline'))
  await expect(first).rejects.toThrow('deadline')
  expect(node.calls[0]?.aborted).toBe(false)
  node.answer()
  expect(await second).toMatchObject({ ok: true, source: 'flight' })
})

test('resolve() stops a computation nobody waits for, and starts afresh for whoever comes next', async () => {
  const { cache, ask } = cacheAt()
  const node = pending()
  const callers = [new AbortController(), new AbortController()]
  const asked = callers.map(({ signal }) => ask(node.compute, keyOf(), signal))
  await settle()
  for (const caller of callers) caller.abort()
  for (const answer of asked) await expect(answer).rejects.toThrow('abort')
  expect(node.calls[0]?.aborted).toBe(true)
  expect(await ask(counter().compute)).toMatchObject({ value: { claim: 'call 1' }, source: 'computed' })
  node.answer()
  await settle()
  expect(await ask(counter().compute)).toMatchObject({ value: { claim: 'call 1' }, source: 'memory' })
  expect(cache.counts().entries).toBe(1)
})

test('resolve() asks nothing for a caller who has left already', async () => {
  const { ask } = cacheAt()
  const { calls, compute } = counter()
  await expect(ask(compute, keyOf(), AbortSignal.abort())).rejects.toThrow('abort')
  expect(calls.count).toBe(0)
})

test('resolve() tells everybody of a failure and keeps nothing of it', async () => {
  const { cache, ask } = cacheAt({ tier: memoryTier() })
  const node = pending()
  const asked = [ask(node.compute), ask(node.compute)]
  await settle()
  node.resolve(FAILED)
  expect(await Promise.all(asked)).toEqual([{ ...FAILED, source: 'computed' }, { ...FAILED, source: 'flight' }])
  expect(await ask(counter().compute)).toMatchObject({ ok: true, source: 'computed' })
  expect(cache.counts()).toMatchObject({ misses: 2, entries: 1 })
})

test('resolve() rejects for everybody when the computation throws, and keeps nothing of it', async () => {
  const { ask } = cacheAt()
  const node = pending()
  const asked = [ask(node.compute), ask(node.compute)]
  await settle()
  node.reject(new RangeError('broken'))
  for (const answer of asked) await expect(answer).rejects.toThrow('broken')
  expect(await ask(counter().compute)).toMatchObject({ ok: true, source: 'computed' })
})

test('resolve() refuses an output that does not fit, and keeps nothing of it', async () => {
  const tier = memoryTier()
  const { cache, ask } = cacheAt({ tier })
  await expect(ask(async () => ({ ok: true, output: { claim: 1 } }))).rejects.toThrow()
  await expect(ask(async () => ({ ok: true, output: undefined }))).rejects.toThrow()
  await cache.settled()
  expect([cache.counts().entries, tier.entries.size]).toEqual([0, 0])
})

test('resolve() uses a value for 3,600 s and not a millisecond longer, in both tiers', async () => {
  const tier = memoryTier()
  const { cache, clock, ask } = cacheAt({ tier })
  const { calls, compute } = counter()
  await ask(compute)
  await cache.settled()
  clock.nowMs += CACHE_TTL_MS - 1
  expect(await ask(compute)).toMatchObject({ source: 'memory' })
  const other = cacheAt({ tier, now: () => clock.nowMs })
  expect(await other.ask(compute)).toMatchObject({ source: 'tier' })
  clock.nowMs += 1
  expect(await other.ask(compute)).toMatchObject({ value: { claim: 'call 2' }, source: 'computed' })
  expect(await ask(compute)).toMatchObject({ source: 'tier' })
  expect(calls.count).toBe(2)
})

test('resolve() goes on without a tier that is away', async () => {
  const away: CacheTier = {
    find: () => Promise.reject(new Error('away')),
    save: () => Promise.reject(new Error('away')),
    invalidate: () => Promise.reject(new Error('away')),
  }
  const { cache, ask } = cacheAt({ tier: away })
  expect(await ask(counter().compute)).toMatchObject({ ok: true, source: 'computed' })
  expect(await ask(counter().compute)).toMatchObject({ ok: true, source: 'memory' })
  await cache.settled()
  expect(cache.counts().tierErrors).toBe(2)
  await expect(cache.invalidate({})).rejects.toThrow('away')
  expect(cache.counts().entries).toBe(0)
})

test.each(['no JSON', '{"claim":1}', '{"claim":"x","run_id":"another run"}'])(
  'resolve() takes a stored %j for a miss and puts a readable one in its place',
  async (text) => {
    const tier = memoryTier()
    const { cache, clock, ask } = cacheAt({ tier })
    const key = nodeCacheKey(keyOf())
    const tags = { scope: 'committee', subject: 'thesis', version: 'v1' }
    tier.entries.set(key, { key, text, tags, storedAtMs: clock.nowMs })
    expect(await ask(counter().compute)).toMatchObject({ value: { claim: 'call 1' }, source: 'computed' })
    await cache.settled()
    expect(tier.entries.get(key)?.text).toBe('{"claim":"call 1"}')
    expect(cache.counts().tierErrors).toBe(1)
  },
)

test('resolve() writes to a slow tier at most so many values at once, and waits for none', async () => {
  let saves = 0
  const done = Promise.withResolvers<undefined>()
  const slow: CacheTier = {
    ...memoryTier(),
    save: async () => {
      saves += 1
      await done.promise
    },
  }
  const { cache, ask } = cacheAt({ tier: slow })
  for (let index = 0; index < CACHE_SAVES_MAX + 3; index += 1) await ask(counter().compute, keyOf({ variant: index }))
  expect(saves).toBe(CACHE_SAVES_MAX)
  expect(cache.counts().tierErrors).toBe(3)
  done.resolve(undefined)
  await cache.settled()
  await ask(counter().compute, keyOf({ variant: -1 }))
  expect(saves).toBe(CACHE_SAVES_MAX + 1)
})

test('invalidate() by node removes only that node, by program, node and version alike, in both tiers', async () => {
  const tier = memoryTier()
  const { cache, ask } = cacheAt({ tier })
  const keys = [keyOf(), keyOf({ nodeId: 'counter' }), keyOf({ nodeVersion: 'signal_synthesis:v2' })]
  for (const key of keys) await ask(counter().compute, key)
  await ask(counter().compute, keyOf({ artifactHash: 'c'.repeat(64) }), undefined, 'other program')
  await cache.settled()
  expect(await cache.invalidate({ nodeId: 'counter' })).toBe(1)
  expect(tier.entries.size).toBe(3)
  const sources = async () => {
    const answers = await Promise.all(keys.map((key) => ask(counter().compute, key)))
    return answers.map(({ source }) => source)
  }
  expect(await sources()).toEqual(['memory', 'computed', 'memory'])
  expect(await cache.invalidate({ programName: 'committee', nodeVersion: 'signal_synthesis:v2' })).toBe(1)
  expect(await sources()).toEqual(['memory', 'memory', 'computed'])
  expect(await cache.invalidate({ programName: 'other program' })).toBe(1)
  expect(await cache.invalidate({ programName: 'nobody' })).toBe(0)
  expect(await cache.invalidate({})).toBe(3)
  expect([cache.counts().entries, tier.entries.size]).toEqual([0, 0])
})

test('invalidate() also keeps out what is being computed while it runs', async () => {
  const tier = memoryTier()
  const { cache, ask } = cacheAt({ tier })
  const node = pending()
  const old = ask(node.compute)
  await settle()
  await cache.invalidate({ nodeId: 'thesis' })
  expect(await ask(counter().compute)).toMatchObject({ value: { claim: 'call 1' }, source: 'computed' })
  node.answer()
  expect(await old).toMatchObject({ value: { claim: 'late' } })
  await cache.settled()
  expect([...tier.entries.values()].map(({ text }) => text)).toEqual(['{"claim":"call 1"}'])
  expect(await ask(counter().compute)).toMatchObject({ value: { claim: 'call 1' }, source: 'memory' })
})

test('invalidate() keeps out what somebody read from the tier just before it was removed there', async () => {
  const tier = memoryTier()
  const removing = Promise.withResolvers<undefined>()
  const invalidate: CacheTier['invalidate'] = async (filter) => {
    await removing.promise
    return tier.invalidate(filter)
  }
  const writer = cacheAt({ tier })
  await writer.ask(counter().compute)
  await writer.cache.settled()
  const { cache, ask } = cacheAt({ tier: { ...tier, invalidate } })
  const invalidated = cache.invalidate({})
  expect(await ask(counter().compute)).toMatchObject({ source: 'tier' })
  removing.resolve(undefined)
  expect(await invalidated).toBe(1)
  expect(cache.counts().entries).toBe(0)
})

test('invalidate() keeps out what somebody found in the tier and has not read yet', async () => {
  const tier = memoryTier()
  const writer = cacheAt({ tier })
  await writer.ask(counter().compute)
  await writer.cache.settled()
  const reading = Promise.withResolvers<undefined>()
  const find: CacheTier['find'] = async (key) => {
    const found = tier.entries.get(key)
    await reading.promise
    return found
  }
  const { cache, ask } = cacheAt({ tier: { ...tier, find } })
  const old = ask(counter().compute)
  await cache.invalidate({})
  reading.resolve(undefined)
  expect(await old).toMatchObject({ source: 'tier' })
  expect(cache.counts().entries).toBe(0)
})

test('invalidate() waits for writes that are under way, so that they cannot come after it', async () => {
  const tier = memoryTier()
  const writing = Promise.withResolvers<undefined>()
  const save: CacheTier['save'] = async (entry) => {
    await writing.promise
    await tier.save(entry)
  }
  const { cache, ask } = cacheAt({ tier: { ...tier, save } })
  await ask(counter().compute)
  const invalidated = cache.invalidate({})
  writing.resolve(undefined)
  expect(await invalidated).toBe(1)
  expect(tier.entries.size).toBe(0)
})

test('resolve() computes nothing when everybody left while the tier was asked', async () => {
  const found = Promise.withResolvers<undefined>()
  const { ask } = cacheAt({ tier: { ...memoryTier(), find: () => found.promise } })
  const { calls, compute } = counter()
  const caller = new AbortController()
  const answer = ask(compute, keyOf(), caller.signal)
  caller.abort()
  await expect(answer).rejects.toThrow('abort')
  found.resolve(undefined)
  await settle()
  expect(calls.count).toBe(0)
})

test('NodeCache keeps within its bytes and entries, the least recently used going first', async () => {
  const { cache, ask } = cacheAt({ bytesMax: 3_000, entriesMax: 100 })
  for (let index = 0; index < 50; index += 1) await ask(counter().compute, keyOf({ variant: index }))
  expect(cache.counts().bytes).toBeLessThanOrEqual(3_000)
  expect(cache.counts().entries).toBeGreaterThan(1)
  expect(await ask(counter().compute, keyOf({ variant: 49 }))).toMatchObject({ source: 'memory' })
  expect(await ask(counter().compute, keyOf({ variant: 0 }))).toMatchObject({ source: 'computed' })
  const huge = async (): Promise<Computed<Failed>> => ({ ok: true, output: { claim: 'x'.repeat(2_000) } })
  expect(await ask(huge, keyOf({ variant: 99 }))).toMatchObject({ ok: true })
  expect(await ask(huge, keyOf({ variant: 99 }))).toMatchObject({ source: 'computed' })
  const few = cacheAt({ entriesMax: 3 })
  for (let index = 0; index < 5; index += 1) await few.ask(counter().compute, keyOf({ variant: index }))
  expect(few.cache.counts().entries).toBe(3)
})

test('a thousand concurrent accesses to twenty keys make twenty calls', async () => {
  const { cache, ask } = cacheAt({ tier: memoryTier() })
  const { calls, compute } = counter()
  const asked = Array.from({ length: 1_000 }, (_, index) => ask(compute, keyOf({ variant: index % 20 })))
  const answers = await Promise.all(asked)
  expect(calls.count).toBe(20)
  for (let index = 20; index < 1_000; index += 1) {
    const [answer, first] = [answers[index]!, answers[index % 20]!]
    expect(answer.ok && answer.value).toEqual(first.ok && first.value)
  }
  expect(cache.counts()).toMatchObject({ misses: 20, shared: 980 })
})

const step = fc.record({
  what: fc.constantFrom('ask', 'ask', 'ask', 'leave', 'answer', 'answer', 'fail', 'time', 'invalidate'),
  variant: fc.nat(3),
  pick: fc.nat(),
})

test('NodeCache never gives an answer of another key, an expired or a failed one, whoever leaves when', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const tier = memoryTier()
      const { cache, clock, ask } = cacheAt({ tier, ttlMs: 1_000, entriesMax: 2 })
      const flights: { name: string; ended: boolean; end: (failed: boolean) => void; signal: AbortSignal }[] = []
      const callers: AbortController[] = []
      const checks: Promise<void>[] = []
      let invalidations = 0
      for (const { what, variant, pick } of steps) {
        if (what === 'ask') {
          const caller = new AbortController()
          callers.push(caller)
          const askedAtMs = clock.nowMs
          const answer = ask(
            (signal) => {
              const node = Promise.withResolvers<Computed<Failed>>()
              const name = `${variant} ${invalidations}`
              const end = (failed: boolean) => {
                flight.ended = true
                node.resolve(failed ? FAILED : { ok: true, output: { claim: `${variant} ${clock.nowMs}` } })
              }
              const flight = { name, ended: false, end, signal }
              flights.push(flight)
              return node.promise
            },
            keyOf({ variant }),
            caller.signal,
          )
          checks.push(
            answer.then(
              (got) => {
                if (!got.ok) return expect(got.source).not.toBe('memory')
                const [ofVariant, endedAtMs] = got.value.claim.split(' ').map(Number)
                expect(ofVariant).toBe(variant)
                const wasStored = got.source === 'memory' || got.source === 'tier'
                if (wasStored) expect(endedAtMs! + 1_000).toBeGreaterThan(askedAtMs)
              },
              (error: unknown) => expect(caller.signal.aborted && error).toBe(caller.signal.reason),
            ),
          )
        } else if (what === 'leave') callers[pick % Math.max(callers.length, 1)]?.abort()
        else if (what === 'time') clock.nowMs += 400
        else if (what === 'invalidate') {
          invalidations += 1
          await cache.invalidate({ nodeId: 'thesis' })
        } else flights[pick % Math.max(flights.length, 1)]?.end(what === 'fail')
        await settle()
        // One computation a key at a time, abandoned and invalidated ones aside.
        const live = flights.filter(({ signal, ended }) => !signal.aborted && !ended).map(({ name }) => name)
        expect(live).toHaveLength(new Set(live).size)
        expect(cache.counts().entries).toBeLessThanOrEqual(2)
      }
      for (const flight of flights) flight.end(false)
      for (const caller of callers) caller.abort()
      await Promise.all(checks)
      await cache.settled()
      for (const { text, key } of tier.entries.values()) {
        const [variant] = (JSON.parse(text) as { claim: string }).claim.split(' ').map(Number)
        expect(key).toBe(nodeCacheKey(keyOf({ variant: variant! })))
      }
    }),
    { numRuns: 100 },
  )
})
