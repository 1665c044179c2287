import { Sha256, Timestamp, Uuid } from '@torghut/contracts'
import { z } from 'zod'

/** What the first checkpoint names as its predecessor. */
export const NO_CHECKPOINT = '0'.repeat(64)

/**
 * Every checkpoint with a number one above a multiple of this lists all heads: a day of minutes. A reader need not go
 * back further than that, and a listing of thousands of old writers is not repeated every minute.
 */
export const COMPLETE_EVERY = 1_440

/** Where a writer's chain ended: its last place and that row's hash; place 0 is its genesis hash. */
export const CheckpointHead = z.strictObject({ writer_id: Uuid, seq: z.int().min(0), row_hash: Sha256 })
export type CheckpointHead = z.output<typeof CheckpointHead>

/** An append-only table beside the reviews: its rows written up to `until`, hashed one after another. */
export const LogHead = z.strictObject({
  table: z.string(),
  rows: z.int().min(0),
  until: Timestamp,
  hash: Sha256,
})
export type LogHead = z.output<typeof LogHead>

/**
 * What is signed: where every registered writer's chain ended at one moment. The signature is over its canonical JSON
 * (RFC 8785), which is also what the next checkpoint's `previous_hash` is the SHA-256 of.
 */
export const Checkpoint = z.strictObject({
  format: z.literal('torghut.checkpoint.v1'),
  number: z.int().min(1),
  taken_at: Timestamp,
  previous_hash: Sha256,
  /** Whether `heads` names every writer; else only those that are new or moved since the checkpoint before. */
  complete: z.boolean(),
  heads: z.array(CheckpointHead),
  /** Leaves of the tree: all writers ever registered, in the order checkpoints first named them. */
  writers: z.int().min(0),
  /** Rows of all chains together. */
  rows: z.int().min(0),
  /** RFC 6962 root over the canonical JSON of each writer's head. */
  merkle_root: Sha256,
  logs: z.array(LogHead),
  /** SHA-256 of the public key in DER (SubjectPublicKeyInfo). */
  key_id: Sha256,
})
export type Checkpoint = z.output<typeof Checkpoint>

/** A checkpoint as it is kept: the signed bytes as they were signed, and the signature. */
export interface SignedCheckpoint {
  bytes: Uint8Array
  signature: Uint8Array
}
