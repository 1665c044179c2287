import { createHash } from 'node:crypto'

/** Numbers that a seed settles, so that a run can be told again. */
export interface Random {
  /** A whole number, both ends included. */
  whole(from: number, to: number): number
  uuid(): string
}

/** A counter hashed with its seed: slow and plain, and the same everywhere. */
export function randomFrom(seed: number): Random {
  let count = 0
  const draw = () => createHash('sha256').update(`${seed}:${(count += 1)}`).digest()
  return {
    whole: (from, to) => from + (draw().readUInt32BE() % (to - from + 1)),
    uuid: () => {
      const hex = draw().toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
    },
  }
}
