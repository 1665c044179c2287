/** Rows that stated the same probability for a class: how many there were, and for how many the class was right. */
export interface ClassStep {
  /** Hundredths, 0 to 100: models state two decimals, and a finer step would learn from noise. */
  stated: number
  rows: number
  hits: number
}

/** Groups one class's statements by the hundredth, ascending. Whole counts, so the order of the rows does not matter. */
export function toSteps(rows: readonly { stated: number; hit: boolean }[]): ClassStep[] {
  const steps = Array.from({ length: 101 }, (_, stated): ClassStep => ({ stated, rows: 0, hits: 0 }))
  for (const { stated, hit } of rows) {
    const step = steps[Math.min(100, Math.max(0, Math.round(stated * 100)))]
    if (step === undefined) continue
    step.rows += 1
    if (hit) step.hits += 1
  }
  return steps.filter((step) => step.rows > 0)
}

/** Rows and hits over all steps. */
export function totalsOf(steps: readonly ClassStep[]): { rows: number; hits: number } {
  return steps.reduce((sum, { rows, hits }) => ({ rows: sum.rows + rows, hits: sum.hits + hits }), { rows: 0, hits: 0 })
}
