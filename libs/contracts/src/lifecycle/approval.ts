import { z } from 'zod'

import { canonicalJson } from '../canonical/canonical-json.ts'
import { Sha256, Timestamp, Uuid, ruleIssue, text } from '../scalars.ts'
import { Stage } from '../review/vocabulary.ts'
import { Actor, Reason } from './actor.ts'
import { PROGRAM_KIND } from './artifact.ts'

/** Longest an approval may live: as long as the evaluation it rests on counts as fresh, 24 hours (contract, 6.4). */
export const APPROVAL_LIFETIME_MAX_MS = 24 * 60 * 60 * 1000

const terms = {
  schema_version: z.literal('torghut.approval.v1'),
  approval_id: Uuid,
  kind: z.literal(PROGRAM_KIND),
  program_name: text(128),
  artifact_hash: Sha256,
  target: Stage,
  eval_hash: Sha256,
  subject: Actor,
  reason: Reason,
  issued_at: Timestamp,
  expires_at: Timestamp,
  /** 128 random bits in lower-case hex: two approvals of the same thing never share their bytes. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  /** SHA-256 of the signer's public key (SPKI, DER): which key to verify with. */
  key_id: Sha256,
}

/** 64 bytes in base64url; the last character carries two bits, so that no second spelling of a signature exists. */
const Ed25519Signature = z.string().regex(/^[A-Za-z0-9_-]{85}[AQgw]$/)

/** What a person approves: one artifact for one target on one evaluation, until a time. */
export const ApprovalTerms = z.strictObject(terms).check(checkLifetime)
export type ApprovalTerms = z.output<typeof ApprovalTerms>

/** Signed terms. Good for one promotion; whoever consumes it records its `approval_id` in the same transaction. */
export const Approval = z.strictObject({ ...terms, signature: Ed25519Signature }).check(checkLifetime)
export type Approval = z.output<typeof Approval>

/** The bytes an Ed25519 key signs: canonical JSON of the terms alone, named by their schema version. Pure. */
export function approvalPayload(approval: ApprovalTerms | Approval): Uint8Array {
  const signed = Object.entries(approval).filter(([key]) => Object.hasOwn(terms, key))
  return new TextEncoder().encode(canonicalJson(Object.fromEntries(signed)))
}

function checkLifetime({ value, issues }: z.core.ParsePayload<{ issued_at: string; expires_at: string }>): void {
  const lifetimeMs = Date.parse(value.expires_at) - Date.parse(value.issued_at)
  if (lifetimeMs > 0 && lifetimeMs <= APPROVAL_LIFETIME_MAX_MS) return
  const message = 'Expected expires_at after issued_at, by at most 24 hours'
  issues.push(ruleIssue('approval_lifetime', message, value.expires_at, ['expires_at']))
}
