import type { CountedShare, GateOutcome } from '@torghut/contracts'
import { BOUND_ERROR, lowerBound, rowsMissing, upperBound } from '@torghut/evaluation'

import { denied, fact, guarded, passed } from '../evidence/outcome.ts'
import { isShare } from '../evidence/share.ts'

/** A share that has to be proved, and the error the proof may make. */
export interface ShareClaim {
  gate: string
  /** First words of its codes: `<name>_below_min`, `<name>_missing`, `<name>_threshold_missing`. */
  name: string
  share: CountedShare
  error: number
}

/** What a gate answers when more rows may well prove what these do not; the evidence says how many. */
export const NOT_ENOUGH_EVIDENCE = 'not_enough_evidence'

/**
 * Blocks unless the share is proved to be at least `min`: the lower end of its one-sided exact interval counts,
 * computed here from the counts, never the bound somebody wrote down. A share below `min` fails; one above it with too
 * few rows is not enough evidence; of none there is no share that could lie below.
 */
export function provedAtLeast({ gate, name, share, error }: ShareClaim, min: number): GateOutcome {
  return guarded(gate, () => {
    const hole = claimHole(name, share, min, error)
    if (hole !== null) return denied(gate, hole, { min: fact(min), ...counts(share) })
    const { hits, rows } = share
    const bound = lowerBound(hits, rows, error)
    const evidence = { min, bound, hits, rows, error }
    if (bound !== null && bound >= min) return passed(gate, evidence)
    if (hits / rows < min) return denied(gate, `${name}_below_min`, evidence)
    return denied(gate, NOT_ENOUGH_EVIDENCE, {
      ...evidence,
      rows_missing: rowsMissing(rows - hits, rows, min, undefined, error),
    })
  })
}

/** Same for what has to be rare: the upper end must not lie above `max`. */
export function provedAtMost({ gate, name, share, error }: ShareClaim, max: number): GateOutcome {
  return guarded(gate, () => {
    const hole = claimHole(name, share, max, error)
    if (hole !== null) return denied(gate, hole, { max: fact(max), ...counts(share) })
    const { hits, rows } = share
    const bound = upperBound(hits, rows, error)
    const evidence = { max, bound, hits, rows, error }
    if (bound !== null && bound <= max) return passed(gate, evidence)
    if (hits / rows > max) return denied(gate, `${name}_above_max`, evidence)
    return denied(gate, NOT_ENOUGH_EVIDENCE, {
      ...evidence,
      rows_missing: rowsMissing(hits, rows, 1 - max, undefined, error),
    })
  })
}

/** The code of what is missing or is no number at all; null when the claim can be judged. */
function claimHole(name: string, share: CountedShare, limit: number, error: number): string | null {
  if (!isShare(limit)) return `${name}_threshold_missing`
  if (!(error > 0 && error <= BOUND_ERROR)) return 'error_missing'
  return isCounted(share) ? null : `${name}_missing`
}

function isCounted({ hits, rows }: CountedShare): boolean {
  return Number.isSafeInteger(hits) && Number.isSafeInteger(rows) && hits >= 0 && hits <= rows
}

function counts({ hits, rows }: CountedShare) {
  return { hits: fact(hits), rows: fact(rows) }
}
