/**
 * Text of a stranger, fit for a terminal: control characters, which could move the cursor or hide words, become "·",
 * and what is longer than `lengthMax` characters is cut.
 */
export function plain(text: string, lengthMax = 500): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '·')
  return safe.length > lengthMax ? `${safe.slice(0, lengthMax - 1)}…` : safe
}
