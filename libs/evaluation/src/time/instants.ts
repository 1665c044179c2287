/** Compares two UTC instants as the contracts normalise them, in every digit: below, equal or above zero. */
export function compareInstants(left: string, right: string): number {
  const [a, b] = [instantKey(left), instantKey(right)]
  return a < b ? -1 : a > b ? 1 : 0
}

/** The later of some instants; null when there is none. */
export function latestInstant(instants: readonly string[]): string | null {
  return instants.reduce<string | null>(
    (latest, instant) => (latest === null || compareInstants(instant, latest) > 0 ? instant : latest),
    null,
  )
}

/** Milliseconds since 1970, rounded down; throws `RangeError` for what is no instant. */
export function floorMs(instant: string): number {
  const ms = Date.parse(instant)
  if (!Number.isFinite(ms)) throw new RangeError(`"${instant}" is no instant`)
  return ms
}

/** Same, rounded up: a label that ends a microsecond into a part of the set does reach into it. */
export function ceilMs(instant: string): number {
  return floorMs(instant) + (/\.\d{3}\d*[1-9]/.test(instant) ? 1 : 0)
}

/** Four-digit years and UTC throughout: the text sorts as the time does once trailing zeros are gone. */
function instantKey(instant: string): string {
  const text = instant.slice(0, -1)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
