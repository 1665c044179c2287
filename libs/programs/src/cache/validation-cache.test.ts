import { sha256Hex } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { memoryTier } from '../testing/memory-tier.ts'
import type { CacheOptions } from './tiered-cache.ts'
import { ValidationCache, validationCacheKey } from './validation-cache.ts'
import type { ValidationKey, ValidationResult } from './validation-cache.ts'

const SIGNAL = new AbortController().signal

const keyOf = (changes: Partial<ValidationKey> = {}): ValidationKey => ({
  validatorId: 'coherence',
  validatorVersion: 'v1',
  schemaHash: sha256Hex('schema'),
  subject: { verdict: 'approve' },
  ...changes,
})

function cacheAt(changes: Partial<CacheOptions> = {}) {
  const clock = { nowMs: 1_795_000_000_000 }
  return { clock, cache: new ValidationCache({ now: () => clock.nowMs, ...changes }) }
}

function validator(result: ValidationResult) {
  const calls = { count: 0 }
  const validate = () => {
    calls.count += 1
    return result
  }
  return { calls, validate }
}

test.each<ValidationResult>([
  { passed: true, messages: [] },
  { passed: true, messages: ['rationale is long'] },
  { passed: false, messages: ['adjust needs a quantity', 'confidence contradicts its band'] },
])('check() answers %j on a hit as on the miss before it', async (result) => {
  const { cache } = cacheAt({ tier: memoryTier() })
  const { calls, validate } = validator(result)
  expect(await cache.check(keyOf(), validate, SIGNAL)).toEqual({ ...result, hit: false })
  expect(await cache.check(keyOf(), validate, SIGNAL)).toEqual({ ...result, hit: true })
  expect(calls.count).toBe(1)
  expect(cache.counts()).toMatchObject({ memoryHits: 1, misses: 1 })
})

test('check() asks again when validator, version, schema or subject change', async () => {
  const { cache } = cacheAt()
  const { calls, validate } = validator({ passed: true, messages: [] })
  const changes: Partial<ValidationKey>[] = [
    {},
    { validatorId: 'citations' },
    { validatorVersion: 'v2' },
    { schemaHash: sha256Hex('other') },
    { subject: { verdict: 'veto' } },
  ]
  for (const change of changes) expect(await cache.check(keyOf(change), validate, SIGNAL)).toMatchObject({ hit: false })
  expect(calls.count).toBe(5)
})

test('validationCacheKey() does not depend on the order of the keys of its subject', () => {
  const forwards = keyOf({ subject: { a: 1, b: [1, 2] } })
  expect(validationCacheKey(keyOf({ subject: { b: [1, 2], a: 1 } }))).toBe(validationCacheKey(forwards))
  expect(validationCacheKey(keyOf({ subject: { b: [2, 1], a: 1 } }))).not.toBe(validationCacheKey(forwards))
})

test('check() keeps nothing of a validator that throws', async () => {
  const { cache } = cacheAt()
  const broken = () => {
    throw new RangeError('broken validator')
  }
  await expect(cache.check(keyOf(), broken, SIGNAL)).rejects.toThrow('broken validator')
  const { validate } = validator({ passed: true, messages: [] })
  expect(await cache.check(keyOf(), validate, SIGNAL)).toMatchObject({ hit: false })
})

test('check() expires at 3,600 s', async () => {
  const { cache, clock } = cacheAt()
  const { validate } = validator({ passed: true, messages: [] })
  await cache.check(keyOf(), validate, SIGNAL)
  clock.nowMs += 3_599_999
  expect(await cache.check(keyOf(), validate, SIGNAL)).toMatchObject({ hit: true })
  clock.nowMs += 1
  expect(await cache.check(keyOf(), validate, SIGNAL)).toMatchObject({ hit: false })
})

test('check() finds what another process validated', async () => {
  const tier = memoryTier()
  const first = cacheAt({ tier })
  await first.cache.check(keyOf(), validator({ passed: false, messages: ['no'] }).validate, SIGNAL)
  await first.cache.settled()
  const { calls, validate } = validator({ passed: true, messages: [] })
  const second = cacheAt({ tier })
  expect(await second.cache.check(keyOf(), validate, SIGNAL)).toEqual({ passed: false, messages: ['no'], hit: true })
  expect(calls.count).toBe(0)
})

test('invalidate() forgets one validator', async () => {
  const { cache } = cacheAt({ tier: memoryTier() })
  const { validate } = validator({ passed: true, messages: [] })
  for (const validatorId of ['coherence', 'citations']) await cache.check(keyOf({ validatorId }), validate, SIGNAL)
  expect(await cache.invalidate({ validatorId: 'coherence' })).toBe(1)
  expect(await cache.check(keyOf({ validatorId: 'coherence' }), validate, SIGNAL)).toMatchObject({ hit: false })
  expect(await cache.check(keyOf({ validatorId: 'citations' }), validate, SIGNAL)).toMatchObject({ hit: true })
})
