import type { CacheTableShape } from './cache-entries.ts'

/** Where answers of validators are cached: scope is the schema, subject the validator. */
export const VALIDATION_RESULTS: CacheTableShape = {
  table: 'validation_results',
  value: 'result',
  tags: { scope: 'schema_hash', subject: 'validator_id', version: 'validator_version' },
}
