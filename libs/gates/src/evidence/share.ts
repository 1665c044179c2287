/** True for a double from 0 to 1. Nothing else is a probability, a confidence or a score. */
export function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}

/** Compares two shares; anything that is none, on either side, is not at least anything. */
export function isShareAtLeast(value: unknown, min: unknown): boolean {
  return isShare(value) && isShare(min) && value >= min
}

/** Same, the other way. */
export function isShareAtMost(value: unknown, max: unknown): boolean {
  return isShare(value) && isShare(max) && value <= max
}
