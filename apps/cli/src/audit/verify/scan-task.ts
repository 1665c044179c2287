import type { AuditReader, ChainRange } from '@torghut/artifact-store'
import { ChainScan } from '@torghut/audit'
import type { ChainPoint, ScanResult } from '@torghut/audit'

/** A part of one chain to read and check. */
export interface ScanTask extends ChainRange {
  /** What checkpoints say of places in it. */
  points: ChainPoint[]
  attestedSeq: number
}

/** Reads a part of a chain and checks every row of it, and that its batches say the same. */
export async function runScan(reader: AuditReader, task: ScanTask): Promise<ScanResult> {
  const { writerId, points, attestedSeq } = task
  const ends = await reader.listBatchEnds(task)
  const batches = ends.map(({ seq, rowHash }): ChainPoint => ({ seq, rowHash, from: 'batch' }))
  const scan = new ChainScan({ writerId, points: [...points, ...batches], attestedSeq })
  for await (const rows of reader.readChain(task)) for (const row of rows) scan.add(row)
  return scan.result
}
