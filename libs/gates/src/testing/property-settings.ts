/** Cases of each half of a property in a run for every change; the two halves are files of their own, side by side. */
const CASES = 100_000

/**
 * How often a property is tried. `TORGHUT_GATE_CASES` and `TORGHUT_GATE_SEED` set the full counts of a proof; each half
 * draws other cases from one seed. Unset: a seed of its own each time, which fast-check prints on a failure.
 */
export function propertySettings(half: 0 | 1): { numRuns: number; seed?: number } {
  const { TORGHUT_GATE_CASES: cases, TORGHUT_GATE_SEED: seed } = process.env
  const numRuns = cases === undefined ? CASES : Number(cases)
  return seed === undefined ? { numRuns } : { numRuns, seed: Number(seed) * 2 + half }
}
