/** How often one case was tried, and how often the answer was right. */
export interface RepeatedCase {
  attempts: number
  right: number
}

/**
 * pass^k: the chance that all of `k` attempts at a case are right, averaged over cases; for each the unbiased estimate
 * C(right, k) / C(attempts, k) (Yao and others, "tau-bench", 2024). Null without cases or when one was tried less than
 * `k` times.
 */
export function passAllOf(cases: readonly RepeatedCase[], k: number): number | null {
  const isUsable =
    Number.isSafeInteger(k) && k >= 1 && cases.every((one) => one.attempts >= k && one.right <= one.attempts)
  if (cases.length === 0 || !isUsable) return null
  return cases.reduce((sum, one) => sum + allRight(one, k), 0) / cases.length
}

function allRight({ attempts, right }: RepeatedCase, k: number): number {
  let chance = 1
  for (let drawn = 0; drawn < k; drawn += 1) chance *= Math.max(0, right - drawn) / (attempts - drawn)
  return chance
}
