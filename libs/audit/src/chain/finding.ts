import type { RowFault } from '@torghut/contracts'

/**
 * What can be wrong with a writer's chain, beside what `verifyRow` finds inside a row: `prev_hash` (the row does not
 * name the one before it: one of the two was rewritten), `gap` (rows are missing), `repeated` (a place is taken twice),
 * `tail` (rows are missing at the end), `beyond` (rows behind the last committed batch), `batch` or `checkpoint` (the row
 * is not the one a committed batch or a signed checkpoint names), and for the writer itself `unplaced` (rows of it have
 * no `seq`), `writer_missing` and `writer_changed`.
 */
export type ChainFault =
  | RowFault['fault']
  | 'prev_hash'
  | 'gap'
  | 'repeated'
  | 'tail'
  | 'beyond'
  | 'unplaced'
  | 'batch'
  | 'checkpoint'
  | 'writer_missing'
  | 'writer_changed'

/** One fault and where it is; `last_seq` differs from `seq` where several places are meant. */
export interface ChainFinding {
  writer_id: string
  seq: number
  last_seq: number
  fault: ChainFault
  /** Which column does not repeat the bytes. */
  column: string | null
}
