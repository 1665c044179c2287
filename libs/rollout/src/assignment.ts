import { sha256Hex } from '@torghut/contracts'
import type { Rollout } from '@torghut/contracts'

/** What decides who gets the candidate. */
export type Assignable = Pick<Rollout, 'rollout_id' | 'step' | 'state'>

/** Hex digits of the hash that place a subject: 48 bits, which a double holds exactly. */
const PLACE_DIGITS = 12
const PLACES = 2 ** 48

/** Percent of the decisions that go to the candidate. A pause keeps the share; a rollout that ended badly has none. */
export function candidateShare({ step, state }: Pick<Rollout, 'step' | 'state'>): number {
  if (state === 'aborted' || state === 'rolled_back' || step === 'shadow') return 0
  return Number(step)
}

/**
 * Whether a subject (a decision id) gets the candidate. A rollout puts every subject at a fixed place and takes those
 * up to its share: the same subject always gets the same answer, and widening never takes the candidate from anyone.
 * Two rollouts place subjects independently.
 */
export function isCandidateSubject(rollout: Assignable, subject: string): boolean {
  return placeOf(rollout.rollout_id, subject) * 100 < candidateShare(rollout) * PLACES
}

function placeOf(rolloutId: string, subject: string): number {
  return Number.parseInt(sha256Hex(`${rolloutId}:${subject}`).slice(0, PLACE_DIGITS), 16)
}
