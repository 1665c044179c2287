import { PromotionBundle, Sha256, Stage, Timestamp, canonicalJson, sha256Hex } from '@torghut/contracts'
import { isSignedBy, signBytes } from '@torghut/audit'
import type { SigningKey, TrustedKey } from '@torghut/audit'
import { z } from 'zod'

import { FileRefusedError } from '../errors.ts'

const Text = z.string().max(2000)

/** The phases of a stage, in their order (contract, 8.8). */
export const PHASES = [
  'gate-evaluation',
  'promotion-prerequisites',
  'rollback-readiness',
  'drift-gate',
  'paper-canary',
  'runtime-governance',
  'rollback-proof',
] as const

const Phase = z.strictObject({ phase: z.enum(PHASES), status: z.enum(['pass', 'fail', 'skip']), detail: Text })
export type Phase = z.output<typeof Phase>

const Slo = z.strictObject({
  slo: Text,
  objective: Text,
  status: z.enum(['met', 'missed', 'unmeasured']),
  /** What was counted, or where to look. */
  detail: Text,
})
export type Slo = z.output<typeof Slo>

const Risk = z.strictObject({ id: Text, title: Text, owner: Text, severity: Text, status: Text, opened_on: Text, mitigation: Text })

/**
 * What a stage rests on, by its content alone: no time of writing, no machine, no place. The same commit and the same
 * measurements make the same bytes.
 */
export const GovernanceRecord = z.strictObject({
  schema_version: z.literal('torghut.governance-bundle.v1'),
  stage: Stage,
  status: z.enum(['pass', 'fail']),
  commit: z.strictObject({ sha: z.string().regex(/^[0-9a-f]{40,64}$/), committed_at: Timestamp }),
  image: z.strictObject({
    repository: Text,
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
    /** The commit the image was built from, as the release says. */
    git_sha: z.string().nullable(),
    is_released: z.boolean(),
    /** Which container runs which image, by the committed manifests. */
    containers: z.record(z.string(), z.string()),
  }),
  artifacts: z.strictObject({
    pinned: Sha256,
    kind: z.enum(['seed', 'compiled', 'unknown']),
    revision: Text,
    previous: Sha256.nullable(),
    denied: z.array(Sha256),
  }),
  /** SHA-256 of every file that decides what runs, by its path. */
  files: z.record(z.string(), Sha256),
  /** SHA-256 of the measurements that were handed in, by what they are. */
  measurements: z.record(z.string(), Sha256),
  phases: z.array(Phase).length(PHASES.length),
  gates: z.array(z.strictObject({ gate: Text, passed: z.boolean(), code: z.string().nullable() })),
  slos: z.array(Slo),
  risks: z.array(Risk),
  /** The whole evidence of the pinned artifact, so that nobody has to ask for it; null for the seed. */
  promotion: PromotionBundle.nullable(),
  /** The key its approval was checked with. */
  approver: z.strictObject({ subject: Text, public_key: Text }).nullable(),
})
export type GovernanceRecord = z.output<typeof GovernanceRecord>

/** A record with its signature. The record travels as the very text that was signed. */
const SignedRecord = z.strictObject({
  record: z.string().min(2),
  sha256: Sha256,
  key_id: Sha256,
  /** Ed25519 over the bytes of `record`; one spelling only, as of an approval. */
  signature: z.string().regex(/^[A-Za-z0-9_-]{85}[AQgw]$/),
})

/** Signs a record. Ed25519 is deterministic (RFC 8032): same record and key, same bytes. */
export function signRecord(record: GovernanceRecord, key: SigningKey): string {
  const text = canonicalJson(GovernanceRecord.parse(record))
  const signature = signBytes(key, new TextEncoder().encode(text)).toString('base64url')
  return `${JSON.stringify({ record: text, sha256: sha256Hex(text), key_id: key.keyId, signature }, null, 2)}\n`
}

/** Opens a bundle that one of the keys signed. Throws `FileRefusedError` with the first thing that is wrong. */
export function openRecord(source: string, text: string, keys: readonly TrustedKey[]): GovernanceRecord {
  const refuse = (why: string) => new FileRefusedError(source, null, why)
  const signed = SignedRecord.safeParse(parseJson(text))
  if (!signed.success) throw refuse('is no governance bundle')
  const { record, sha256, key_id: keyId, signature } = signed.data
  if (sha256Hex(record) !== sha256) throw refuse('was edited: the record hashes to another name')
  const key = keys.find((known) => known.keyId === keyId)
  if (key === undefined) throw refuse(`is signed with ${keyId}, which is none of the keys given`)
  if (!isSignedBy(key, new TextEncoder().encode(record), Buffer.from(signature, 'base64url')))
    throw refuse('was edited or forged: the signature is not of this record')
  const content = parseJson(record)
  const parsed = GovernanceRecord.safeParse(content)
  if (!parsed.success || canonicalJson(parsed.data) !== record) throw refuse('holds a record of another shape')
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
