import { sha256Hex } from '@torghut/contracts'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

/** A source of random numbers with a name: the same name gives the same numbers on every machine and engine. */
export interface RandomStream {
  /** A double from 0 up to, and never, 1. */
  nextUnit(): number
  /** A whole number from 0 to `count` - 1, each equally likely. Throws `RangeError` below 1. */
  nextBelow(count: number): number
}

/**
 * The stream of a seed and a purpose. Streams of different purposes do not share numbers, so that drawing once more for
 * one of them leaves the others as they were. xoroshiro128+ started from the SHA-256 of the name.
 */
export function namedStream(seed: string, ...purpose: readonly (string | number)[]): RandomStream {
  const digest = sha256Hex(JSON.stringify([seed, ...purpose]))
  const state = [0, 8, 16, 24].map((at) => Number.parseInt(digest.slice(at, at + 8), 16) | 0)
  const source = xoroshiro128plusFromState(state)
  return {
    nextUnit: () => uniformFloat64(source),
    nextBelow: (count) => {
      if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`Cannot draw one of ${count}`)
      return uniformInt(source, 0, count - 1)
    },
  }
}

/** The items in an order of the stream's choosing; the given list is left alone (Fisher-Yates). */
export function shuffled<Item>(items: readonly Item[], stream: RandomStream): Item[] {
  const result = [...items]
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = stream.nextBelow(at + 1)
    const [left, right] = [result[at] as Item, result[other] as Item]
    result[at] = right
    result[other] = left
  }
  return result
}
