/**
 * Names the deciding code. Bumped whenever a stored review could be decided differently by a change in this lib: a
 * replay compares its own engine version with the row's before it compares verdicts.
 */
export const ENGINE_VERSION = 'review-engine-v2'

/**
 * Every gate of a review, in the order its outcomes are listed; the first failing one names the reason. `proved-exit`
 * stands alone: when it passes, no other gate is asked, and when nothing is proved it is not listed.
 */
export const GATE_ORDER = [
  'proved-exit',
  'controls',
  'order-shape',
  'gate-state',
  'market-context',
  'advice-veto',
  'advice-policy',
  'only-tighter',
] as const
export type GateName = (typeof GATE_ORDER)[number]
