import type { BreakerState } from '@torghut/contracts'
import { BREAKER_BUCKETS } from '@torghut/contracts'

/** Finished calls in the order they ended: how many, how many failed, and how many failed after the last success. */
export interface CallBatch {
  calls: number
  failures: number
  tailFailures: number
}

export const NO_CALLS: Readonly<CallBatch> = { calls: 0, failures: 0, tailFailures: 0 }
export const ONE_SUCCESS: Readonly<CallBatch> = { calls: 1, failures: 0, tailFailures: 0 }
export const ONE_FAILURE: Readonly<CallBatch> = { calls: 1, failures: 1, tailFailures: 1 }

/** One batch that says what two said one after the other. */
export function joinBatches(first: CallBatch, second: CallBatch): CallBatch {
  const onlyFailed = second.calls === second.failures
  return {
    calls: first.calls + second.calls,
    failures: first.failures + second.failures,
    tailFailures: onlyFailed ? first.tailFailures + second.failures : second.tailFailures,
  }
}

/**
 * Counts a batch into the slice of time `nowMs` lies in and forgets slices that began a whole window ago, so a call
 * counts for at least 29 thirtieths of the window and never longer than it.
 */
export function addCalls(
  buckets: BreakerState['buckets'],
  { calls, failures }: CallBatch,
  windowMs: number,
  nowMs: number,
): BreakerState['buckets'] {
  const sliceMs = windowMs / BREAKER_BUCKETS
  const kept = buckets.filter(({ startMs }) => startMs > nowMs - windowMs)
  const newest = kept.at(-1)
  if (newest === undefined || newest.startMs + sliceMs <= nowMs) {
    const startMs = Math.floor(nowMs / sliceMs) * sliceMs
    return [...kept, { startMs, calls, failures }].slice(-BREAKER_BUCKETS)
  }
  // A clock that was set back lands here too: its calls count as new rather than as forgotten.
  return [...kept.slice(0, -1), { ...newest, calls: newest.calls + calls, failures: newest.failures + failures }]
}

/** Calls and failures of the window that ends at `nowMs`. */
export function countCalls(buckets: BreakerState['buckets'], windowMs: number, nowMs: number) {
  const counts = { calls: 0, failures: 0 }
  for (const { startMs, calls, failures } of buckets) {
    if (startMs <= nowMs - windowMs) continue
    counts.calls += calls
    counts.failures += failures
  }
  return counts
}
