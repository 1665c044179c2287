const FACTORS: Readonly<Record<string, bigint>> = {
  '': 1000n,
  m: 1n,
  k: 1_000_000n,
  M: 1_000_000_000n,
  G: 1_000_000_000_000n,
  Ki: 1000n * 1024n,
  Mi: 1000n * 1024n ** 2n,
  Gi: 1000n * 1024n ** 3n,
  Ti: 1000n * 1024n ** 4n,
}

/** A quantity of Kubernetes in thousandths of its unit (`500m` = 500, `1Gi` = 1,073,741,824,000); else null. */
export function milliQuantity(value: unknown): bigint | null {
  const match = /^(\d{1,15})(?:\.(\d{1,3}))?(m|k|M|G|Ki|Mi|Gi|Ti)?$/.exec(String(value))
  if (match === null) return null
  const [, whole = '0', fraction = '', suffix = ''] = match
  const factor = FACTORS[suffix]
  if (factor === undefined) return null
  return ((BigInt(whole) * 1000n + BigInt(fraction.padEnd(3, '0'))) * factor) / 1000n
}
