/** Reviews one process may have with a program at once; above it the fallback answers at once instead of queueing. */
export const PLACES = 64

/** The places for reviews that may ask a program: taken before anything is waited for, so that no queue can build up. */
export class Places {
  #taken = 0

  /** Takes a place and returns how to leave it, or null when all are taken. */
  take(): (() => void) | null {
    if (this.#taken >= PLACES) return null
    this.#taken += 1
    let left = false
    return () => {
      if (!left) this.#taken -= 1
      left = true
    }
  }
}
