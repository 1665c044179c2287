import { readTrustedKey } from '@torghut/audit'
import type { TrustedKey } from '@torghut/audit'
import { readPromotionBundle } from '@torghut/contracts'

import { FileRefusedError } from '../errors.ts'
import { checkSignature } from '../pin/verify-promotion.ts'
import { openRecord } from './governance-bundle.ts'
import type { GovernanceRecord } from './governance-bundle.ts'
import { overall } from './judge-phases.ts'

/**
 * Checks a bundle with nothing but its bytes and a key: its signature, that the evidence inside hangs together, is signed by
 * the approver it names and is about the pinned artifact, and that its status follows from its phases. Throws
 * `FileRefusedError` and `PinRefusedError`.
 */
export function verifyRecord(source: string, text: string, keys: readonly TrustedKey[]): GovernanceRecord {
  const record = openRecord(source, text, keys)
  const refuse = (why: string) => new FileRefusedError(source, null, why)
  if (record.status !== overall(record.phases)) throw refuse('says another status than its phases')
  if ((record.artifacts.kind === 'compiled') !== (record.promotion !== null)) throw refuse('lacks the evidence of what is pinned')
  if (record.promotion === null) return record
  const read = readPromotionBundle(record.promotion)
  if (!read.ok) throw refuse(`holds evidence that does not hang together: ${read.code}: ${read.detail}`)
  if (read.parts.promotion.artifact_hash !== record.artifacts.pinned) throw refuse('holds the evidence of another artifact')
  if (record.approver === null) throw refuse('names no approver')
  checkSignature(read.parts, [{ subject: record.approver.subject, key: readTrustedKey(record.approver.public_key) }])
  return record
}
