import { drawIndex } from './draw.ts'

/** A cluster in the middle makes sure that no word of a prompt looks like one of these. */
const PARTS = [
  [...'bdfgklmnprstvz'],
  [...'aeiou'],
  ['zk', 'vd', 'gm', 'bz', 'kf', 'mg', 'pv', 'dg'],
  [...'aeiou'],
  [...'bdgklmnprstx'],
] as const

/** Different pseudo-words, the same for the same world. */
export function pseudoWords(count: number, world: string): string[] {
  const words = new Set<string>()
  for (let index = 0; words.size < count; index += 1) {
    words.add(PARTS.map((part, place) => part[drawIndex(part.length, world, 'word', index, place)]).join(''))
  }
  return [...words]
}
