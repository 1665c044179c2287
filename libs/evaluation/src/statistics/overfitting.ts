/**
 * Blocks the observations are cut into; 16 give 12,870 ways to choose the half that is fitted on (Bailey et al. 2015).
 */
const BLOCKS = 16

/** Share of the mean square below which a variance is rounding: equal returns have one too. */
const ROUNDING = 1e-12

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado
 * and Zhu, "The Probability of Backtest Overfitting", 2015): over every way to fit on half of the blocks, how often the
 * variant that was best there ends in the lower half of the other blocks. `returns` holds one row a variant, one column
 * an observation in time order. Null with fewer than two variants, ragged rows or less than two observations a block.
 */
export function overfittingProbability(returns: readonly (readonly number[])[], blocks = BLOCKS): number | null {
  const observations = returns[0]?.length ?? 0
  const isUsable = returns.length >= 2 && blocks >= 2 && blocks % 2 === 0 && observations >= 2 * blocks
  if (!isUsable || returns.some((row) => row.length !== observations || !row.every(Number.isFinite))) return null
  const sums = returns.map((row) => blockSums(row, blocks))
  let [overfitted, splits] = [0, 0]
  for (const chosen of halves(blocks)) {
    splits += 1
    if (isBelowMedian(sums, chosen)) overfitted += 1
  }
  return overfitted / splits
}

/** Count, sum and sum of squares of a stretch: enough for the Sharpe ratio of any union of stretches. */
interface BlockSum {
  count: number
  sum: number
  squares: number
}

function blockSums(row: readonly number[], blocks: number): BlockSum[] {
  return Array.from({ length: blocks }, (_, block) => {
    const part = row.slice(Math.floor((block * row.length) / blocks), Math.floor(((block + 1) * row.length) / blocks))
    const squares = part.reduce((total, value) => total + value * value, 0)
    return { count: part.length, sum: part.reduce((total, value) => total + value, 0), squares }
  })
}

/** Every choice of half of the blocks, as a list of flags. */
function* halves(blocks: number): Generator<boolean[]> {
  const chosen = Array.from({ length: blocks }, (_, at) => at < blocks / 2)
  while (true) {
    yield chosen
    if (!nextPermutation(chosen)) return
  }
}

/** The next arrangement with as many trues, from all in front to all at the end; false after the last. */
function nextPermutation(flags: boolean[]): boolean {
  let at = flags.length - 2
  while (at >= 0 && !(flags[at] === true && flags[at + 1] === false)) at -= 1
  if (at < 0) return false
  const behind = flags.slice(at + 2).sort((left, right) => Number(right) - Number(left))
  flags.splice(at, flags.length - at, false, true, ...behind)
  return true
}

function isBelowMedian(sums: readonly BlockSum[][], chosen: readonly boolean[]): boolean {
  const fitted = sums.map((row) => ratioOver(row, chosen, true))
  const best = fitted.indexOf(Math.max(...fitted))
  const tested = sums.map((row) => ratioOver(row, chosen, false))
  const own = tested[best] as number
  const rank = tested.filter((ratio) => ratio < own).length + (tested.filter((ratio) => ratio === own).length + 1) / 2
  return rank / (sums.length + 1) <= 0.5
}

/** Sharpe ratio over the blocks of one side; a side that does not vary has none and counts as zero. */
function ratioOver(row: readonly BlockSum[], chosen: readonly boolean[], side: boolean): number {
  let [count, sum, squares] = [0, 0, 0]
  row.forEach((block, at) => {
    if (chosen[at] !== side) return
    count += block.count
    sum += block.sum
    squares += block.squares
  })
  const variance = (squares - (sum * sum) / count) / (count - 1)
  return variance > ROUNDING * (squares / count) ? sum / count / Math.sqrt(variance) : 0
}
