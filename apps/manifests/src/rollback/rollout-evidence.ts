import { Rollout, RolloutEvent } from '@torghut/contracts'
import { z } from 'zod'

import { FileRefusedError, PinRefusedError } from '../errors.ts'

/** What `torghut rollout status --json` or `GET /v1/rollout` says, as far as an incident needs it. */
const Status = z.object({
  rollout: z.object(Rollout.shape).nullable(),
  share_percent: z.number(),
  events: z.array(z.object(RolloutEvent.shape)),
})

/** A rollout the artifact took part in. */
export interface RolloutEvidence {
  source: string
  rollout: Rollout
  sharePercent: number
  events: readonly RolloutEvent[]
}

/** Reads evidence about one artifact. Throws `PinRefusedError` when it is about others, `FileRefusedError` otherwise. */
export function readRolloutEvidence(source: string, text: string, artifactHash: string): RolloutEvidence {
  const parsed = Status.safeParse(parseJson(text))
  if (!parsed.success) throw new FileRefusedError(source, null, 'is no answer of torghut rollout status --json')
  const { rollout, share_percent: sharePercent, events } = parsed.data
  if (rollout === null) throw new FileRefusedError(source, null, 'no rollout was ever begun')
  const { base_artifact_hash: base, candidate_artifact_hash: candidate } = rollout
  if (base !== artifactHash && candidate !== artifactHash)
    throw new PinRefusedError('evidence_of_another', `${source} is about ${candidate} beside ${base}, not ${artifactHash}`)
  return { source, rollout, sharePercent, events: events.filter(({ rollout_id: id }) => id === rollout.rollout_id) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
