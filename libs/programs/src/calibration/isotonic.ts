import { CALIBRATOR_UNITS } from '@torghut/contracts'

import { totalsOf } from './class-rows.ts'
import type { ClassStep } from './class-rows.ts'

/** Points of a class's table, in millionths. */
export type Points = [stated: number, calibrated: number][]

interface Block {
  from: number
  to: number
  rows: number
  hits: number
}

/**
 * The rising step function nearest to the observed shares (pool adjacent violators), as points: each block is level
 * from its first statement to its last. No block claims more certainty than the rule of succession grants all rows.
 */
export function isotonicPoints(steps: readonly ClassStep[]): Points {
  const { rows } = totalsOf(steps)
  return poolViolators(steps).flatMap((block): Points => {
    const share = boundedShare(block, rows)
    const [from, to] = [block.from, block.to].map((hundredths) => (hundredths * CALIBRATOR_UNITS) / 100)
    if (from === undefined || to === undefined) return []
    return from === to ? [[from, share]] : [[from, share], [to, share]]
  })
}

/** Shares are compared as whole products, so that no rounding decides which blocks are pooled. */
function poolViolators(steps: readonly ClassStep[]): Block[] {
  const blocks: Block[] = []
  for (const { stated, rows, hits } of steps) {
    let block: Block = { from: stated, to: stated, rows, hits }
    for (let last = blocks.at(-1); last !== undefined && last.hits * block.rows >= block.hits * last.rows; last = blocks.at(-1)) {
      blocks.pop()
      block = { from: last.from, to: block.to, rows: last.rows + block.rows, hits: last.hits + block.hits }
    }
    blocks.push(block)
  }
  return blocks
}

/** The share in millionths, kept off 0 and 1 by one in n + 2 (Laplace). The bounds are the same for every block. */
function boundedShare({ rows, hits }: Block, rowsTotal: number): number {
  const least = Math.ceil(CALIBRATOR_UNITS / (rowsTotal + 2))
  const share = Math.round((hits * CALIBRATOR_UNITS) / rows)
  return Math.min(CALIBRATOR_UNITS - least, Math.max(least, share))
}
