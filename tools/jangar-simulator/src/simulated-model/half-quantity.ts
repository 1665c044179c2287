/**
 * Half of a quantity in whole units: rounded down, or up where the caller's smallest multiplier
 * would refuse the lower one. Null when there is no half to trade or the caller allows no
 * adjustment.
 */
export function halfQuantity(request: Record<string, unknown>): string | null {
  const policy = objectAt(request, 'policy')
  const whole = /^(\d{1,20})(?:\.\d+)?$/.exec(String(objectAt(request, 'decision')['qty'] ?? ''))
  if (whole === null || policy['adjustment_allowed'] !== true) return null
  const qty = BigInt(whole[1] ?? '0')
  const down = qty / 2n
  const minMultiplier = Number(policy['min_qty_multiplier'] ?? 0)
  const half = Number(down) < Number(whole[0]) * minMultiplier ? down + 1n : down
  return half >= 1n && half < qty ? String(half) : null
}

function objectAt(value: Record<string, unknown>, key: string): Record<string, unknown> {
  const found = value[key]
  return typeof found === 'object' && found !== null ? { ...found } : {}
}
