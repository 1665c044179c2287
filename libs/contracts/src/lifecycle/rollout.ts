import { z } from 'zod'

import { Stage } from '../review/vocabulary.ts'
import { JsonMap, Sha256, Timestamp, Uuid, text } from '../scalars.ts'
import { Actor, Reason } from './actor.ts'
import { PROGRAM_KIND } from './artifact.ts'

/** From narrow to wide: `shadow` runs beside and decides nothing, the others are percent of the decisions. */
export const ROLLOUT_STEPS = ['shadow', '10', '25', '50', '75', '100'] as const

/** A step of a rollout. Literals and not an enum, whose options would put the words that look like numbers first. */
export const RolloutStep = z.literal(ROLLOUT_STEPS)
export type RolloutStep = z.infer<typeof RolloutStep>

/** Where a rollout stands. The last three are final. */
export const RolloutState = z.enum(['running', 'paused', 'completed', 'aborted', 'rolled_back'])
export type RolloutState = z.infer<typeof RolloutState>

/** What can happen to a rollout; `complete` and `hold` come from the controller alone. */
export const RolloutEventName = z.enum(['start', 'pause', 'resume', 'advance', 'hold', 'complete', 'abort', 'rollback'])
export type RolloutEventName = z.infer<typeof RolloutEventName>

/** A promoted candidate beside the pinned base. Which decisions it gets follows from the step and the decision id. */
export const Rollout = z.strictObject({
  rollout_id: Uuid,
  kind: z.literal(PROGRAM_KIND),
  program_name: text(128),
  target: Stage,
  base_artifact_hash: Sha256,
  candidate_artifact_hash: Sha256,
  step: RolloutStep,
  state: RolloutState,
  started_at: Timestamp,
  updated_at: Timestamp,
})
export type Rollout = z.output<typeof Rollout>

/** One change of a rollout, kept for ever: who or what made it, why, and the figures it was made on. */
export const RolloutEvent = z.strictObject({
  schema_version: z.literal('torghut.rollout-event.v1'),
  rollout_id: Uuid,
  seq: z.int().min(1),
  event: RolloutEventName,
  step_before: RolloutStep.nullable(),
  step_after: RolloutStep,
  state_after: RolloutState,
  actor: Actor,
  reason: Reason,
  evidence: JsonMap,
  event_at: Timestamp,
})
export type RolloutEvent = z.output<typeof RolloutEvent>
