import { createHash } from 'node:crypto'

/**
 * A Merkle tree as RFC 6962 section 2.1 defines it: a leaf is SHA-256 of a 0x00 byte and its content, a node SHA-256 of a 0x01
 * byte and both children, and a tree of n leaves is split at the largest power of two below n. Leaves can be added and
 * replaced; every level is kept, so that a change costs one hash a level.
 */
export class MerkleTree {
  /** The hashes from the leaves up; a last node without a neighbour stands in the level above as it is. */
  readonly #levels: Buffer[][] = [[]]

  /** How many leaves there are. */
  get size(): number {
    return this.#leaves.length
  }

  /** Adds a leaf at the end, or replaces the one that stands at the index. */
  set(index: number, content: string): void {
    if (!Number.isInteger(index) || index < 0 || index > this.size) {
      throw new RangeError(`Cannot set leaf ${index} of a tree with ${this.size} leaves`)
    }
    this.#leaves[index] = digest(LEAF, Buffer.from(content))
    for (let level = 0, at = index; this.#levelAt(level).length > 1; level += 1) {
      at >>= 1
      const [left, right] = this.#levelAt(level).slice(at * 2, at * 2 + 2)
      if (left !== undefined) this.#levelAt(level + 1)[at] = right === undefined ? left : digest(NODE, left, right)
    }
  }

  /** The root in lower-case hex; of no leaves it is the hash of nothing. */
  root(): string {
    return (this.#levels.at(-1)?.[0] ?? digest()).toString('hex')
  }

  get #leaves(): Buffer[] {
    return this.#levelAt(0)
  }

  #levelAt(level: number): Buffer[] {
    return (this.#levels[level] ??= [])
  }
}

const LEAF = Buffer.from([0])
const NODE = Buffer.from([1])

function digest(...parts: Buffer[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
