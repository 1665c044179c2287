import type { TransportLimits } from './limits.ts'

/** The pause after the given failed attempt (1, 2, …), in milliseconds; `jitter` is 0 up to 1. */
export function backOffMs(
  attempt: number,
  limits: Pick<TransportLimits, 'backOffMs' | 'backOffMaxMs'>,
  jitter: number,
): number {
  const full = Math.min(limits.backOffMaxMs, limits.backOffMs * 2 ** (attempt - 1))
  return full * (1 - jitter / 2)
}
