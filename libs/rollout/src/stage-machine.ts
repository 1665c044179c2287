import { ROLLOUT_STEPS } from '@torghut/contracts'
import type { Rollout, RolloutEventName, RolloutStep, Stage } from '@torghut/contracts'

/** Where a rollout stands, and what it may widen to. */
export type RolloutPosition = Pick<Rollout, 'step' | 'state' | 'target'>

/** Every event but the first; `hold` and `complete` are for a controller that watches the figures. */
export type RolloutMove = Exclude<RolloutEventName, 'start'>

/** Where a move leads, or why it may not be made. */
export type RolloutTransition =
  | { ok: true; step: RolloutStep; state: Rollout['state'] }
  | { ok: false; code: 'illegal_transition'; detail: string }

/** What a new rollout needs besides an id and a time. */
export interface RolloutPlan {
  target: Stage
  base: string
  candidate: string
}

/** The widest step a target allows: shadow decides nothing, constrained live is at most a quarter of the decisions. */
export function widestStep(target: Stage): RolloutStep {
  if (target === 'shadow') return 'shadow'
  return target === 'constrained_live' ? '25' : '100'
}

/** Whether a rollout can still move; the program and target of an open one take no second. */
export function isOpen(state: Rollout['state']): boolean {
  return state === 'running' || state === 'paused'
}

/**
 * Begins beside the base, with no traffic. An open rollout of the same program and target stands in the way, and an
 * artifact cannot be a candidate against itself.
 */
export function startRollout(plan: RolloutPlan, open: RolloutPosition | null): RolloutTransition {
  if (open !== null) return refuse('A rollout of this program and target is open: abort it or roll it back first')
  if (plan.base === plan.candidate) return refuse('The candidate is the base: there is nothing to roll out')
  return { ok: true, step: 'shadow', state: 'running' }
}

/** Where a move leads from a position; a controller that decides by figures makes its moves through here too. */
export function moveRollout(from: RolloutPosition, move: RolloutMove): RolloutTransition {
  const { step, state } = from
  if (!isOpen(state)) return refuse(`The rollout is ${words(state)}, which is final`)
  switch (move) {
    case 'pause':
      return state === 'running' ? { ok: true, step, state: 'paused' } : refuse('The rollout is paused already')
    case 'resume':
      return state === 'paused' ? { ok: true, step, state: 'running' } : refuse('The rollout is running already')
    case 'advance':
      return advance(from)
    case 'hold':
      return { ok: true, step, state }
    case 'complete':
      return complete(from)
    case 'abort':
      return { ok: true, step, state: 'aborted' }
    case 'rollback':
      return { ok: true, step, state: 'rolled_back' }
  }
}

function advance({ step, state, target }: RolloutPosition): RolloutTransition {
  if (state !== 'running') return refuse('The rollout is paused: resume it before it advances')
  const next = ROLLOUT_STEPS[ROLLOUT_STEPS.indexOf(step) + 1]
  if (step === widestStep(target) || next === undefined) {
    return refuse(`The rollout is at ${stepWords(step)}, the widest step of target ${target}`)
  }
  return { ok: true, step: next, state }
}

function complete({ step, state, target }: RolloutPosition): RolloutTransition {
  if (state !== 'running') return refuse('The rollout is paused: resume it before it is completed')
  if (step !== widestStep(target)) return refuse(`The rollout is at ${stepWords(step)}, not at its widest step`)
  return { ok: true, step, state: 'completed' }
}

function stepWords(step: RolloutStep): string {
  return step === 'shadow' ? step : `${step} %`
}

function words(state: Rollout['state']): string {
  return state.replaceAll('_', ' ')
}

function refuse(detail: string): RolloutTransition {
  return { ok: false, code: 'illegal_transition', detail }
}
