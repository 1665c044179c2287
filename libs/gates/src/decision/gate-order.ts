/**
 * Names the deciding code. Bumped whenever a stored review could be decided differently by a change in this lib: a
 * replay compares its own engine version with the row's before it compares verdicts.
 */
export const ENGINE_VERSION = 'review-engine-v3'

/**
 * Every gate of a review, in the order its outcomes are listed; the first failing one names the reason. `proved-exit`
 * stands alone: when it passes, no other gate is asked, and when nothing is proved it is not listed. `fast-path` is listed
 * in the place of the gates of the advice when the model was skipped. From `symbol-match` on it is the pre-trade set.
 */
export const GATE_ORDER = [
  'proved-exit',
  'controls',
  'order-shape',
  'gate-state',
  'market-context',
  'fast-path',
  'advice-veto',
  'advice-policy',
  'only-tighter',
  'symbol-match',
  'restricted-list',
  'trading-session',
  'instrument-halt',
  'reduce-only-mode',
  'decision-age',
  'durable-record',
  'gate-state-age',
  'reference-price',
  'context-freshness',
  'market-data-age',
  'repeated-execution',
  'order-rate',
  'order-count',
  'duplicate-order',
  'drawdown',
  'daily-loss',
  'regime',
  'lot-and-tick',
  'price-collar',
  'order-quantity',
  'order-notional',
  'constrained-stage',
  'critical-notional',
  'shortability',
  'position-limit',
  'symbol-exposure',
  'concentration',
  'gross-exposure',
  'buying-power',
] as const
export type GateName = (typeof GATE_ORDER)[number]
