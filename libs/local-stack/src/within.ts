import { setTimeout as delay } from 'node:timers/promises'

/** Whether the promise settles (either way) within `limitMs`. Leaves no timer behind. */
export async function within(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  const timer = new AbortController()
  const settled = promise.then(
    () => true,
    () => true,
  )
  const late = delay(limitMs, false, { signal: timer.signal }).catch(() => false)
  const inTime = await Promise.race([settled, late])
  timer.abort()
  return inTime
}
