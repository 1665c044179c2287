import { BOOTSTRAP_ARTIFACT, BOOTSTRAP_HASH } from '@torghut/programs'

import type { PersonMove } from '../serving/rollout-desk.ts'
import type { Example } from './examples.ts'

export const artifactExamples: Record<string, Example> = {
  bootstrap_artifact: { summary: 'The heuristic that comes with the code', value: BOOTSTRAP_ARTIFACT },
}

export const startExamples: Record<string, Example> = {
  start_in_shadow: {
    summary: 'The heuristic beside the pinned program, without traffic yet',
    value: { candidate_artifact_hash: BOOTSTRAP_HASH, target: 'paper', reason: 'Drill of the quarter' },
  },
}

/** In the order they can be made one after another; a rollback ends what an abort has ended already. */
export const moveExamples: Record<PersonMove, Record<string, Example>> = {
  pause: { pause_over_lunch: { summary: 'Nobody watches', value: { reason: 'Nobody watches until two' } } },
  resume: { resume_watching: { summary: 'Somebody watches again', value: { reason: 'Back at the desk' } } },
  advance: { advance_to_ten: { summary: 'The first tenth of the decisions', value: { reason: 'Shadow looked well' } } },
  abort: { abort_the_drill: { summary: 'End without blame', value: { reason: 'The drill is over' } } },
  rollback: {},
}

export const denialExamples: Record<string, Example> = {
  deny_an_artifact: { summary: 'Never serve this artifact', value: { denied: true, reason: 'It approves halted symbols' } },
  clear_a_denial: { summary: 'The same artifact may be rolled out again', value: { denied: false, reason: 'Halts are gated now' } },
}
