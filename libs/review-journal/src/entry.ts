import { ReviewRecord, ReviewSubmission, Sha256, Timestamp, Uuid, canonicalJson } from '@torghut/contracts'
import { z } from 'zod'

/** A decided review as it waits for the database: all a row is made of but its place in a chain. */
export const JournalledReview = z.strictObject({
  kind: z.literal('review'),
  /** Wall time of the write. */
  journalled_at: Timestamp,
  idempotency_key: z.string().min(1),
  body_hash: Sha256,
  /** The attempt that decided it. */
  owner: Uuid,
  /** When the request was received, on the review's clock. */
  known_at: Timestamp,
  shadow_of: Uuid.nullable(),
  submission: ReviewSubmission,
  record: ReviewRecord,
})
export type JournalledReview = z.output<typeof JournalledReview>

/** The policy that journalled reviews were judged by: a database that never saw it gets it before them. */
export const JournalledPolicy = z.strictObject({
  kind: z.literal('policy'),
  journalled_at: Timestamp,
  policy_hash: Sha256,
  /** Its canonical JSON. */
  text: z.string(),
})
export type JournalledPolicy = z.output<typeof JournalledPolicy>

export const JournalEntry = z.discriminatedUnion('kind', [JournalledReview, JournalledPolicy])
export type JournalEntry = z.output<typeof JournalEntry>

/** An entry as it is written: it names its own place, so that a receipt can be held against the bytes alone. */
export const PlacedEntry = z.strictObject({ journal_id: Uuid, position: z.int().min(1), entry: JournalEntry })
export type PlacedEntry = z.output<typeof PlacedEntry>

export function encodeEntry(placed: PlacedEntry): Buffer {
  return Buffer.from(canonicalJson(placed))
}

/** Null for a payload that is whole and yet no entry of this version. */
export function decodeEntry(payload: Buffer): JournalEntry | null {
  const parsed = PlacedEntry.safeParse(parseJson(payload))
  return parsed.success ? parsed.data.entry : null
}

/** What an index needs of an entry; read without judging the rest, since a journal may hold many. */
export interface EntryNames {
  position: number
  key: string | null
  reviewId: string | null
  journalledAt: string
}

const Names = z.object({
  position: z.int().min(1),
  entry: z.object({
    journalled_at: Timestamp,
    idempotency_key: z.string().optional(),
    record: z.object({ review_id: Uuid }).optional(),
  }),
})

/** Null for a payload that is no entry of ours. */
export function readNames(payload: Buffer): EntryNames | null {
  const parsed = Names.safeParse(parseJson(payload))
  return parsed.success ? namesOf(parsed.data) : null
}

export function namesOf({ position, entry }: z.output<typeof Names> | PlacedEntry): EntryNames {
  const { idempotency_key: key = null, record } = entry as z.output<typeof Names>['entry']
  return { position, key, reviewId: record?.review_id ?? null, journalledAt: entry.journalled_at }
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'))
  } catch {
    return undefined
  }
}
