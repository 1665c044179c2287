import { FALLBACK_CAUSES } from '@torghut/contracts'
import type { FallbackCause } from '@torghut/contracts'

/**
 * Shortest time, in milliseconds, after which an unfinished answer says something about the gateway. Callers may ask for
 * less; nobody's haste may close the gateway to everybody else.
 */
export const TIMEOUT_EVIDENCE_MIN_MS = 500

/** What one finished run says about the gateway that was asked and the artifact that asked; null says nothing. */
export interface CallEvidence {
  gateway: 'success' | 'failure' | null
  artifact: 'success' | 'failure' | null
}

const NOTHING: CallEvidence = { gateway: null, artifact: null }

/**
 * Reads the failure table: what the gateway did wrong says nothing about the artifact, and an answer nobody can use
 * still shows a working gateway. Overload, open breakers and our own errors never count, nor does a run that made no
 * attempt because a cache had every answer.
 */
export function callEvidence(
  run: { ok: true; attempts?: number } | { ok: false; cause: FallbackCause },
  timing: { timeoutMs: number; budgetMs: number },
): CallEvidence {
  if (run.ok) return run.attempts === 0 ? NOTHING : { gateway: 'success', artifact: 'success' }
  const { breaker } = FALLBACK_CAUSES[run.cause]
  if (breaker === 'artifact') return { gateway: 'success', artifact: 'failure' }
  if (breaker === 'never') return NOTHING
  const tooHasty = run.cause === 'gateway_timeout' && !isLongEnough(timing)
  return tooHasty ? NOTHING : { gateway: 'failure', artifact: null }
}

/** Whether a call with `timeoutMs` of the configured `budgetMs` is given long enough to be proof either way. */
export function isLongEnough({ timeoutMs, budgetMs }: { timeoutMs: number; budgetMs: number }): boolean {
  return timeoutMs >= Math.min(TIMEOUT_EVIDENCE_MIN_MS, budgetMs)
}
