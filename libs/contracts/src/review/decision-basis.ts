import { z } from 'zod'

import { RuntimeControl } from '../runtime/control.ts'
import { Timestamp } from '../scalars.ts'
import { CommitteeRole } from './vocabulary.ts'

/**
 * What the gates were told beside the submission, the advice and the policy: with it a stored review is decided again,
 * to the same bytes, by anybody who has the policy and the engine the row names.
 */
export const DecisionBasis = z.strictObject({
  /** The instant every age was measured at; the decision's own under a replay clock. */
  decided_at: Timestamp,
  /** The program's own mandatory roles; empty when no program was asked. */
  mandatory_roles: z.array(CommitteeRole),
  controls: z.strictObject({
    as_of: Timestamp,
    /** Milliseconds since the controls were last read; null when they never were. */
    age_ms: z.int().nullable(),
    /** The switches that concern this decision, expired ones left out. */
    in_force: z.array(RuntimeControl),
  }),
  /** False when the record could be kept only where a restart loses it. */
  durable: z.boolean(),
})
export type DecisionBasis = z.output<typeof DecisionBasis>
