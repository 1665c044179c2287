import { FIRST_WINDOW_CEILING } from '@torghut/contracts'
import type { GateOutcome, MetricPolicy } from '@torghut/contracts'
import { lowerBound } from '@torghut/evaluation'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import { isShare } from '../evidence/share.ts'
import { NOT_ENOUGH_EVIDENCE } from './share-gate.ts'

/** What was seen of a promoted artifact since its promotion. */
export interface FirstWindow {
  reviews: number
  /** Reviews that timed out or ended in the fallback. */
  failed: number
  elapsedSeconds: number
}

/**
 * Judges the first window after a promotion (minimum policy, item 5: timeouts and fallbacks at most 5 %). While it is
 * open, only a proved excess breaches it: two failures in ten are no proof of more than 5 %, three are. It is over once
 * both its reviews and its time are there; then the share itself counts. `first_window_breached` revokes the promotion,
 * `not_enough_evidence` goes on watching.
 */
export function checkFirstWindow(window: FirstWindow, policy: MetricPolicy['first_window']): GateOutcome {
  const gate = 'first-window'
  return guarded(gate, () => {
    const { reviews, failed, elapsedSeconds } = window
    const max = isShare(policy.timeout_and_fallback_max)
      ? Math.min(policy.timeout_and_fallback_max, FIRST_WINDOW_CEILING)
      : NaN
    const evidence = {
      reviews: fact(reviews),
      failed: fact(failed),
      elapsed_seconds: fact(elapsedSeconds),
      max: fact(max),
    }
    if (!Number.isFinite(max)) return denied(gate, 'first_window_threshold_missing', evidence)
    if (!isCounted(window)) return denied(gate, 'first_window_missing', evidence)
    const bound = lowerBound(failed, reviews) ?? 0
    const isOver = reviews >= policy.reviews_min && elapsedSeconds >= policy.duration_seconds
    if (bound > max || (isOver && failed / reviews > max))
      return denied(gate, 'first_window_breached', { ...evidence, bound })
    if (isOver) return passed(gate, { ...evidence, bound })
    return denied(gate, NOT_ENOUGH_EVIDENCE, {
      ...evidence,
      rows_missing: Math.max(0, policy.reviews_min - reviews),
      seconds_missing: Math.max(0, policy.duration_seconds - elapsedSeconds),
    })
  })
}

function isCounted({ reviews, failed, elapsedSeconds }: FirstWindow): boolean {
  const areCounts = [reviews, failed].every((count) => Number.isSafeInteger(count) && count >= 0)
  return areCounts && failed <= reviews && Number.isFinite(elapsedSeconds) && elapsedSeconds >= 0
}
