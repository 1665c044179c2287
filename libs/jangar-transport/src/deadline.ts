/** Why a wait was cut. */
export type StopReason = 'deadline' | 'caller'

/** Longest delay a timer takes; Node fires a longer one at once. */
const TIMER_MAX_MS = 2_147_483_647

export interface Deadline {
  readonly signal: AbortSignal
  /** Set once the signal fired. */
  readonly reason: StopReason | null
  /** Milliseconds of the budget left, 0 once it is used up. */
  remainingMs(): number
  /** Takes the timer and the listener away. Call it when the work is over, whatever its end. */
  close(): void
}

/**
 * One budget for a whole call; also stops when the caller's own signal does. A budget of nothing is
 * used up at once.
 */
export function openDeadline(
  timeoutMs: number,
  caller: AbortSignal | undefined,
  now: () => number,
): Deadline {
  const controller = new AbortController()
  const budgetMs = timeoutMs > 0 ? Math.min(timeoutMs, TIMER_MAX_MS) : 0
  const startedMs = now()
  let reason: StopReason | null = null
  const stop = (why: StopReason): void => {
    reason ??= why
    controller.abort()
  }
  const onCallerAbort = (): void => stop('caller')
  const timer = setTimeout(() => stop('deadline'), budgetMs)
  caller?.addEventListener('abort', onCallerAbort, { once: true })
  if (caller?.aborted === true) stop('caller')
  else if (budgetMs === 0) stop('deadline')

  return {
    signal: controller.signal,
    get reason() {
      return reason
    },
    remainingMs: () => Math.max(0, budgetMs - (now() - startedMs)),
    close() {
      clearTimeout(timer)
      caller?.removeEventListener('abort', onCallerAbort)
    },
  }
}
