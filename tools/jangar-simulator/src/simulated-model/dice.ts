import { hashJson } from '@torghut/contracts'

/**
 * What a roll depends on: JSON of meanings (rules seen, examples seen, request features), never of
 * raw text.
 */
export type Stakes = Readonly<Record<string, unknown>>

/** A number from 0 up to 1 that is always the same for the same stakes and purpose. */
export function roll(stakes: Stakes, purpose: string): number {
  const digits = hashJson({ stakes, purpose }).slice(0, 12)
  return Number.parseInt(digits, 16) / 16 ** 12
}
