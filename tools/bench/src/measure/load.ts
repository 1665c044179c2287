import { quantile } from 'simple-statistics'

export type LoadFigure = 'p50Ms' | 'p99Ms' | 'perSecond'

export interface Load {
  figures: Record<LoadFigure, number>
  /** How often each outcome came; an honest figure has one outcome. */
  outcomes: Record<string, number>
}

export interface LoadOptions {
  callers: number
  loadMs: number
  signal: AbortSignal
}

/**
 * Closed loop: each caller makes its next call when the one before is answered, so latency under load includes the
 * queue in front of the server but never a queue of ours. Calls under way at the end are waited for and counted.
 */
export async function keepUpLoad(
  call: () => Promise<string>,
  { callers, loadMs, signal }: LoadOptions,
): Promise<Load> {
  const tookMs: number[] = []
  const outcomes: Record<string, number> = {}
  const startedMs = performance.now()
  const oneCaller = async (): Promise<void> => {
    do {
      const askedMs = performance.now()
      const outcome = await call()
      tookMs.push(performance.now() - askedMs)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    } while (performance.now() - startedMs < loadMs && !signal.aborted)
  }
  await Promise.all(Array.from({ length: callers }, oneCaller))
  const seconds = (performance.now() - startedMs) / 1000
  const figures = { p50Ms: quantile(tookMs, 0.5), p99Ms: quantile(tookMs, 0.99), perSecond: tookMs.length / seconds }
  return { figures, outcomes }
}

/** Adds the outcomes of one load to those of others. */
export function addOutcomes(total: Record<string, number>, more: Record<string, number>): void {
  for (const [outcome, count] of Object.entries(more)) total[outcome] = (total[outcome] ?? 0) + count
}

/** `512 approve, 3 gateway_timeout`, the most frequent first. */
export function outcomesInWords(outcomes: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(outcomes).toSorted(([, a], [, b]) => b - a)
  return sorted.map(([outcome, count]) => `${count} ${outcome}`).join(', ')
}
