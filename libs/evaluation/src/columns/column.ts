type Numbers =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>

/**
 * Numbers of a piece, as a power of two: pieces are added and never copied, so growing needs no second copy of it all.
 */
const PIECE_BITS = 16
const PIECE_LENGTH = 2 ** PIECE_BITS

/** A list of numbers of one type that grows: a million rows cost a few bytes each instead of an object each. */
export class Column {
  readonly #create: (length: number) => Numbers
  readonly #pieces: Numbers[] = []
  #length = 0

  constructor(create: (length: number) => Numbers) {
    this.#create = create
  }

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    const at = this.#length % PIECE_LENGTH
    if (at === 0) this.#pieces.push(this.#create(PIECE_LENGTH))
    const piece = this.#pieces.at(-1) as Numbers
    piece[at] = value
    this.#length += 1
  }

  /** The value at an index below the length. */
  at(index: number): number {
    return this.#pieces[index >>> PIECE_BITS]?.[index % PIECE_LENGTH] as number
  }
}
