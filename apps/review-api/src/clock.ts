/** Where time comes from. The wall clock dates records; the monotonic one measures and bounds. */
export interface Clock {
  now(): Date
  monotonicMs(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
}

/** The instant a review happens at. A replay lives at the decision's own time plus the real time since receipt. */
export function reviewInstant(clock: Clock, replay: { eventAt: string; receivedAtMs: number } | null): Date {
  if (replay === null) return clock.now()
  return new Date(Date.parse(replay.eventAt) + Math.max(0, Math.round(clock.monotonicMs() - replay.receivedAtMs)))
}
