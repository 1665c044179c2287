import { createHash } from 'node:crypto'

/** A number from 0 up to 1 that is always the same for the same path; another path, another number. */
export function draw(...path: readonly (string | number)[]): number {
  const bytes = createHash('sha256').update(path.join('\u0000')).digest()
  return bytes.readUIntBE(0, 6) / 2 ** 48
}

/** A whole number from 0 up to `count`, without `count` itself. */
export function drawIndex(count: number, ...path: readonly (string | number)[]): number {
  return Math.floor(draw(...path) * count)
}

/** The items in an order the path decides. */
export function shuffled<T>(items: readonly T[], ...path: readonly (string | number)[]): T[] {
  const keyed = items.map((item, index) => ({ item, key: draw(...path, index) }))
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item)
}
