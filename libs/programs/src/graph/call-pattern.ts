import type { ArtifactNode, CallPattern } from '@torghut/contracts'

/** Times a model may be told what was wrong with its answer. */
export const ASK_AGAIN_MAX = 1

/** The samples a pattern may draw. Two cannot have a majority against each other, so a vote starts at three. */
const SAMPLES: Readonly<Record<CallPattern, { min: number; max: number }>> = {
  predict: { min: 1, max: 1 },
  chain_of_thought: { min: 1, max: 1 },
  best_of: { min: 2, max: 9 },
  majority: { min: 3, max: 9 },
}

/** The most answers a node asks for, re-asks included. Calls that brought none may be tried again beside these. */
export function callsMax(node: Pick<ArtifactNode, 'samples'>): number {
  return samplesOf(node) * (1 + ASK_AGAIN_MAX)
}

/** How many answers a node draws. */
export function samplesOf({ samples = 1 }: Pick<ArtifactNode, 'samples'>): number {
  return samples
}

/** What is wrong with a node's pattern, as a sentence; null when nothing is. */
export function findPatternFault(node: ArtifactNode): string | null {
  const { call_pattern: pattern } = node
  const samples = samplesOf(node)
  const { min, max } = SAMPLES[pattern]
  if (samples >= min && samples <= max) return null
  return min === max ? `"${pattern}" draws ${min} sample` : `"${pattern}" draws ${min} to ${max} samples`
}
