/** Pearson's correlation of pairs that stream by (Welford's update, so that large levels do not drown small moves). */
export class Correlation {
  #rows = 0
  #meanX = 0
  #meanY = 0
  #squaresX = 0
  #squaresY = 0
  #products = 0

  get rows(): number {
    return this.#rows
  }

  add(x: number, y: number): void {
    this.#rows += 1
    const [fromX, fromY] = [x - this.#meanX, y - this.#meanY]
    this.#meanX += fromX / this.#rows
    this.#meanY += fromY / this.#rows
    this.#squaresX += fromX * (x - this.#meanX)
    this.#squaresY += fromY * (y - this.#meanY)
    this.#products += fromX * (y - this.#meanY)
  }

  /** From -1 to 1; 0 when one side never moves. */
  value(): number {
    const spread = Math.sqrt(this.#squaresX * this.#squaresY)
    return spread > 0 ? this.#products / spread : 0
  }
}
