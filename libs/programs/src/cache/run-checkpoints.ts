import type { Sha256Hex } from '@torghut/contracts'

/** What identifies the work of one node in one run: other version or other input, other work. */
export interface NodeWork {
  nodeId: string
  nodeVersion: string
  inputHash: Sha256Hex
}

/** The output of a finished node of a run. Output and trace are JSON. */
export interface RunCheckpoint extends NodeWork {
  runId: string
  output: unknown
  /** What the node left behind for provenance. */
  trace: unknown
}

/** Where runs that may be resumed keep the outputs of their finished nodes. */
export interface RunCheckpoints {
  /** Every node the run finished, by node id; none for a run nobody saved. */
  load(runId: string): Promise<RunCheckpoint[]>
  /**
   * Keeps a finished node, in one transaction, and returns what stands. Of the same work the first output stays,
   * whoever saves again, so two processes that both believe they own a run go on from the same value; other work
   * replaces it.
   */
  save(checkpoint: RunCheckpoint): Promise<RunCheckpoint>
}

/** The checkpoint that makes a node's work needless, if there is one. */
export function findCheckpoint(
  finished: readonly RunCheckpoint[],
  { nodeId, nodeVersion, inputHash }: NodeWork,
): RunCheckpoint | undefined {
  return finished.find(
    (saved) => saved.nodeId === nodeId && saved.nodeVersion === nodeVersion && saved.inputHash === inputHash,
  )
}

/** What a node's work gave. */
export interface FinishedWork {
  output: unknown
  trace: unknown
}

/**
 * Does a node's work unless the run has finished it already, and saves it before anybody builds on it. A work that
 * throws is not saved; a save that throws fails the node, because a run that cannot be resumed may not say it can.
 */
export async function resumeOrRun(
  checkpoints: RunCheckpoints,
  finished: readonly RunCheckpoint[],
  { runId, ...work }: NodeWork & { runId: string },
  run: () => Promise<FinishedWork>,
): Promise<RunCheckpoint & { resumed: boolean }> {
  const saved = findCheckpoint(finished, work)
  if (saved !== undefined) return { ...saved, resumed: true }
  const { output, trace } = await run()
  return { ...(await checkpoints.save({ runId, ...work, output, trace })), resumed: false }
}
