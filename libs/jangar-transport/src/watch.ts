import type { Deadline, StopReason } from './deadline.ts'

/** One attempt's stop switch: the call's deadline, or nothing useful arriving for a while. */
export interface Watch {
  readonly signal: AbortSignal
  readonly reason: StopReason | 'idle' | null
  /** Starts or restarts the idle timer, unless `armOnce` fixed it. */
  arm(idleMs: number): void
  /** Starts the last timer of the attempt: later events do not extend it. */
  armOnce(idleMs: number): void
  close(): void
}

/** Watches over one attempt inside a deadline; closing it leaves no timer and no listener behind. */
export function openWatch(deadline: Deadline): Watch {
  const controller = new AbortController()
  let reason: Watch['reason'] = null
  let timer: NodeJS.Timeout | undefined
  let fixed = false
  const stop = (why: Watch['reason']): void => {
    reason ??= why
    controller.abort()
  }
  const onDeadline = (): void => stop(deadline.reason)
  deadline.signal.addEventListener('abort', onDeadline, { once: true })
  if (deadline.signal.aborted) onDeadline()

  function arm(idleMs: number): void {
    if (fixed) return
    clearTimeout(timer)
    timer = setTimeout(() => stop('idle'), idleMs)
  }

  return {
    signal: controller.signal,
    get reason() {
      return reason
    },
    arm,
    armOnce(idleMs) {
      arm(idleMs)
      fixed = true
    },
    close() {
      clearTimeout(timer)
      fixed = true
      deadline.signal.removeEventListener('abort', onDeadline)
    },
  }
}
