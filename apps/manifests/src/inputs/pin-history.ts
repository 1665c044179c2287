import { Actor, Reason, Sha256, Stage, Timestamp, Uuid } from '@torghut/contracts'
import { z } from 'zod'

const PINS_MAX = 4096

const RevisionName = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)

/** An artifact and the revision of the review API that the generator named for it. */
const Place = z.strictObject({ artifact_hash: Sha256, revision: RevisionName })

const PastPin = z.strictObject({
  ...Place.shape,
  action: z.enum(['pin', 'rollback']),
  /** Null for the seed, which nobody promotes; it is pinned only when a rollback finds nothing else. */
  promotion: z.strictObject({ target: Stage, promotion_id: Uuid, manifest_hash: Sha256 }).nullable(),
  /** What was pinned until then: where a rollback leads. */
  replaced: Place,
  pinned_at: Timestamp,
  pinned_by: Actor,
  reason: Reason,
})
export type PastPin = z.output<typeof PastPin>

/** `config/deploy/pin-history.json`: what was pinned, oldest first. Nothing is ever taken out. */
export const PinHistory = z.strictObject({ pins: z.array(PastPin).max(PINS_MAX) })
export type PinHistory = z.output<typeof PinHistory>

/** Every revision that Git ever named, with its artifact. */
export function knownRevisions({ pins }: PinHistory): Map<string, string> {
  const places = pins.flatMap(({ revision, artifact_hash, replaced }) => [{ revision, artifact_hash }, replaced])
  return new Map(places.map(({ revision, artifact_hash }) => [revision, artifact_hash]))
}
