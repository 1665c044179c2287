import type { Sha256Hex } from '@torghut/contracts'
import { hashJson } from '@torghut/contracts'
import { z } from 'zod'

import type { CacheTier } from './cache-tier.ts'
import { TieredCache } from './tiered-cache.ts'
import type { CacheCounts, CacheOptions } from './tiered-cache.ts'

/** Everything a validator's answer depends on. */
export interface ValidationKey {
  validatorId: string
  validatorVersion: string
  schemaHash: Sha256Hex
  /** What is validated, as JSON; with everything the validator compares it to. */
  subject: unknown
}

/** What a validator said. */
export const ValidationResult = z.strictObject({ passed: z.boolean(), messages: z.array(z.string()) })
export type ValidationResult = z.output<typeof ValidationResult>

/** Where validators' answers are kept beyond the memory of a process. Tags: schema, validator, version. */
export type ValidationCacheTier = CacheTier

/** The name of a cached answer. */
export function validationCacheKey({ validatorId, validatorVersion, schemaHash, subject }: ValidationKey): Sha256Hex {
  return hashJson({ kind: 'validation-result-v1', validatorId, validatorVersion, schemaHash, subject })
}

/** Answers of pure validators. A validator that throws has given none, so nothing is kept of it. */
export class ValidationCache {
  readonly #cache: TieredCache<never>

  constructor(options: CacheOptions) {
    this.#cache = new TieredCache(options)
  }

  /** The answer for a subject, from the cache or from `validate`. Rejects with what the validator throws. */
  async check(
    key: ValidationKey,
    validate: () => ValidationResult | Promise<ValidationResult>,
    signal: AbortSignal,
  ): Promise<ValidationResult & { hit: boolean }> {
    const tags = { scope: key.schemaHash, subject: key.validatorId, version: key.validatorVersion }
    const parse = (output: unknown) => ValidationResult.parse(output)
    const request = { key: validationCacheKey(key), tags, parse, signal }
    const { value, source } = await this.#cache.resolve(request, async () => ({ ok: true, output: await validate() }))
    return { ...value, hit: source !== 'computed' }
  }

  /** Forgets a validator's answers and returns how many were in memory. */
  invalidate({ validatorId }: { validatorId: string }): Promise<number> {
    return this.#cache.invalidate({ subject: validatorId })
  }

  /** Resolves when no write to the tier is under way. */
  settled(): Promise<void> {
    return this.#cache.settled()
  }

  counts(): CacheCounts {
    return this.#cache.counts()
  }
}
