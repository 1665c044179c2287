/** A counting limit: work waits, in the order it came, until a place is free. Nobody who holds a place waits for one. */
export class Slots {
  readonly #max: number
  readonly #waiting: (() => void)[] = []
  #taken = 0

  /** Throws `RangeError` for fewer than one place. */
  constructor(max: number) {
    if (!(max >= 1)) throw new RangeError('Cannot limit work to less than one at a time')
    this.#max = max
  }

  /** Runs work in a place of its own. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    await this.#take()
    try {
      return await work()
    } finally {
      this.#taken -= 1
      this.#waiting.shift()?.()
    }
  }

  async #take(): Promise<void> {
    while (this.#taken >= this.#max) await new Promise<void>((resolve) => void this.#waiting.push(resolve))
    this.#taken += 1
  }
}
