export { candidateShare, isCandidateSubject } from './assignment.ts'
export type { Assignable } from './assignment.ts'
export { isOpen, moveRollout, startRollout, widestStep } from './stage-machine.ts'
export type { RolloutMove, RolloutPlan, RolloutPosition, RolloutTransition } from './stage-machine.ts'
