import { Timestamp } from '@torghut/contracts'
import type { TradingMode } from '@torghut/contracts'

import { ManifestsError } from '../errors.ts'

/** The time evidence is judged at, and whether somebody chose it. */
export interface JudgedAt {
  at: Date
  isChosen: boolean
}

/** Now, or the instant of `--as-of`: a replay of old days needs it, and live refuses it. Throws `ManifestsError`. */
export function judgedAt(asOf: string | undefined, tradingMode: TradingMode): JudgedAt {
  if (asOf === undefined) return { at: new Date(), isChosen: false }
  const parsed = Timestamp.safeParse(asOf)
  if (!parsed.success) throw new ManifestsError(`Cannot use --as-of "${asOf}": write an ISO 8601 time with its zone`)
  if (tradingMode === 'live') throw new ManifestsError('--as-of is for replays: in live the clock decides what is fresh')
  return { at: new Date(parsed.data), isChosen: true }
}

/** An instant as our files spell it. */
export function instantText(at: Date): string {
  return at.toISOString()
}
