import type { ChainRun } from './chain-scan.ts'
import type { ChainFault, ChainFinding } from './finding.ts'

/** What is known about a chain before its rows are read. */
export interface ChainExpectation {
  writerId: string
  genesisHash: string
  /** The last place a committed batch names; 0 for none. */
  lastBatchSeq: number
  /** The last place a signed checkpoint names; 0 for none. */
  attestedSeq: number
}

/** Joins the runs of one chain, from whatever sources and in any order, and tells what lacks or does not fit. */
export function joinRuns(expected: ChainExpectation, runs: readonly ChainRun[]): ChainFinding[] {
  const findings: ChainFinding[] = []
  const find = (fault: ChainFault, seq: number, lastSeq: number) =>
    findings.push({ writer_id: expected.writerId, seq, last_seq: lastSeq, fault, column: null })
  let head = { seq: 0, hash: expected.genesisHash }
  for (const run of runs.toSorted((a, b) => a.firstSeq - b.firstSeq)) {
    if (run.firstSeq > head.seq + 1) find('gap', head.seq + 1, run.firstSeq - 1)
    else if (run.firstSeq <= head.seq) find('repeated', run.firstSeq, Math.min(run.lastSeq, head.seq))
    else if (run.prevHash !== head.hash) find('prev_hash', run.firstSeq, run.firstSeq)
    if (run.lastSeq > head.seq) head = { seq: run.lastSeq, hash: run.lastHash }
  }
  const lastSeq = Math.max(expected.lastBatchSeq, expected.attestedSeq)
  if (head.seq < lastSeq) find('tail', head.seq + 1, lastSeq)
  if (head.seq > expected.lastBatchSeq) find('beyond', expected.lastBatchSeq + 1, head.seq)
  return findings
}
