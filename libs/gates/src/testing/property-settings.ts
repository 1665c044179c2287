/** Cases of each half of a property in a run for every change; the two halves are files of their own, side by side. */
const CASES = 100_000

/** Below so many cases nobody reads the counterexample (a mutant was to be found), so none is shrunk. */
const SHRUNK_FROM_CASES = 1_000

export interface PropertySettings {
  numRuns: number
  seed?: number
  endOnFailure?: boolean
}

/**
 * How often a property is tried. `TORGHUT_GATE_CASES` and `TORGHUT_GATE_SEED` set the full counts of a proof; each half
 * draws other cases from one seed. Unset: a seed of its own each time, which fast-check prints on a failure.
 */
export function propertySettings(half: 0 | 1): PropertySettings {
  const { TORGHUT_GATE_CASES: cases } = process.env
  return settings(cases === undefined ? CASES : Number(cases), half)
}

/** The same for a property that is tried `usual` times at most: the environment can make it fewer, never more. */
export function runs(usual: number): PropertySettings {
  const { TORGHUT_GATE_CASES: cases } = process.env
  return settings(cases === undefined ? usual : Math.min(usual, Number(cases)), 0)
}

function settings(numRuns: number, half: 0 | 1): PropertySettings {
  const { TORGHUT_GATE_SEED: seed, TORGHUT_GATE_CASES: cases } = process.env
  const endOnFailure = cases !== undefined && Number(cases) < SHRUNK_FROM_CASES
  return { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) * 2 + half }), ...(endOnFailure ? { endOnFailure } : {}) }
}
