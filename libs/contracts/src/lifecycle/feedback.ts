import { z } from 'zod'

import { AdviceVerdict } from '../review/vocabulary.ts'
import { Timestamp, Uuid, text } from '../scalars.ts'

/** What a person or a desk rule says should have been done with a decision. `known_at` is when it was said. */
export const Feedback = z.strictObject({
  feedback_id: Uuid,
  trade_decision_id: Uuid,
  source: z.strictObject({ kind: z.enum(['person', 'desk_rule']), id: text(128) }),
  label: AdviceVerdict,
  reason: z.string().max(500),
  known_at: Timestamp,
})
export type Feedback = z.output<typeof Feedback>

/** The body of `POST /v1/feedback`. Items are read one by one, so that a bad one rejects itself and no other. */
export const FeedbackBatch = z.strictObject({ feedback: z.array(z.unknown()).min(1).max(1000) })
