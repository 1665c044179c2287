/** 97.5th percentile of the standard normal: two sides of 2.5 % each. */
const TWO_SIDED_95 = 1.959963984540054

/**
 * Wilson's two-sided interval of a share (JASA 22, 1927): for charts and tables, where its ends lie closer to the truth
 * on average. Gates never decide on it; their bounds are exact. Null without rows.
 */
export function wilsonInterval(hits: number, rows: number, z = TWO_SIDED_95): { low: number; high: number } | null {
  if (rows === 0) return null
  const share = hits / rows
  const weight = (z * z) / rows
  const centre = (share + weight / 2) / (1 + weight)
  const half = (z / (1 + weight)) * Math.sqrt((share * (1 - share)) / rows + weight / (4 * rows))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
