import type { CompletionTransport } from '@torghut/contracts'

import type { NodeCache } from '../cache/node-cache.ts'
import type { ValidationCache } from '../cache/validation-cache.ts'
import type { RunCheckpoints } from '../cache/run-checkpoints.ts'
import type { RunAllowance } from '../limits/budget-owner.ts'
import type { ResourceLimits } from '../limits/resource-limits.ts'
import type { NodeBreakers } from '../recovery/node-breakers.ts'
import type { NodeFailure } from './run-node.ts'

/** What a run needs from outside. Only what is named without a question mark has to be there. */
export interface ProgramPorts {
  transport: CompletionTransport
  model: string
  /** Random and fresh for every run. No model sees it: the nonce of each call is derived from it. */
  nonce: string
  /** Milliseconds for the whole run, whatever it is made of. */
  timeoutMs: number
  /** A clock that never goes back, in milliseconds. */
  monotonicMs: () => number
  signal?: AbortSignal
  /** Limits of the run; a review's when absent. */
  limits?: ResourceLimits
  /** Tries a call again that never went out. Without it a node has one attempt. */
  retry?: { sleep: (ms: number, signal: AbortSignal) => Promise<void>; random: () => number }
  /** Asked before a node's first attempt. */
  breakers?: NodeBreakers
  /** The run's share of what all runs of a process may use together. */
  allowance?: RunAllowance
  /** Answers of other runs for the same node, inputs and model. Absent means off, as it is for a live review. */
  cache?: Pick<NodeCache<NodeFailure>, 'resolve'>
  /** What the checks found in the very same answers before. Absent means that they look again. */
  validations?: ValidationCache
  /** Keeps finished nodes, so that a run which is started again under its id goes on where it stopped. */
  resume?: { runId: string; checkpoints: RunCheckpoints }
  /** Which of several draws on the same inputs this run is; 0 when absent. */
  variant?: number
}
