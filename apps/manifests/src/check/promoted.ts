import { PromotionBundle, PromotionRecord, readPromotionBundle } from '@torghut/contracts'

import { FileRefusedError } from '../errors.ts'

/** What was promoted, and where that was read. */
export interface Promoted {
  artifactHash: string
  programName: string
  target: string
  source: string
}

/**
 * Reads a promotion record, or a bundle with its evidence, whose parts and bindings are recomputed first. Throws
 * `FileRefusedError` for anything else: a hash somebody typed in promotes nothing.
 */
export function readPromoted(source: string, text: string): Promoted {
  const value = parseJson(source, text)
  const record = PromotionBundle.safeParse(value).success
    ? recordOfBundle(source, value)
    : PromotionRecord.safeParse(value).data
  if (record === undefined)
    throw new FileRefusedError(source, null, 'is neither a promotion record nor a promotion bundle')
  return {
    artifactHash: record.artifact_hash,
    programName: record.program_name,
    target: record.target,
    source,
  }
}

function recordOfBundle(source: string, value: unknown): PromotionRecord {
  const bundle = readPromotionBundle(value)
  if (!bundle.ok)
    throw new FileRefusedError(
      source,
      null,
      `the bundle does not hang together: ${bundle.code}: ${bundle.detail}`,
    )
  return bundle.parts.promotion
}

function parseJson(source: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FileRefusedError(source, null, 'is no JSON', { cause: error })
  }
}
