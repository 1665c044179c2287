import { z } from 'zod'

import { Sha256, Timestamp, Uuid, text } from '../scalars.ts'
import { Actor, Reason } from './actor.ts'
import { PROGRAM_KIND } from './artifact.ts'

/**
 * An artifact that is never served, promoted or rolled out, even when pinned, until a person clears the entry.
 * Cleared entries stay: an artifact denied twice has two.
 */
export const DenylistEntry = z.strictObject({
  kind: z.literal(PROGRAM_KIND),
  program_name: text(128),
  artifact_hash: Sha256,
  source: z.enum(['rollout', 'observation_window', 'person']),
  rollout_id: Uuid.nullable(),
  denied_by: Actor,
  reason: Reason,
  denied_at: Timestamp,
  cleared: z.strictObject({ cleared_by: Actor, reason: Reason, cleared_at: Timestamp }).nullable(),
})
export type DenylistEntry = z.output<typeof DenylistEntry>
