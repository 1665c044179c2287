import type { RunCheckpoint } from '../cache/run-checkpoints.ts'
import { RunBudget } from '../limits/resource-limits.ts'
import { reviewLimits } from '../limits/resource-limits.ts'
import type { ProgramPorts } from './run-ports.ts'
import { Slots } from './slots.ts'

/** What the nodes of one run share: limits, time and ports. Nothing of the state. */
export interface RunContext {
  artifactHash: string
  programName: string
  ports: ProgramPorts
  budget: RunBudget
  /** Places for calls under way. */
  slots: Slots
  /** When the run has to be over, on the run's clock. */
  endsAtMs: number
  /** Nodes an earlier process of this run finished. */
  finished: readonly RunCheckpoint[]
}

export interface RunIdentity {
  /** Hash of the artifact. */
  hash: string
  programName: string
}

/** Starts the clock of a run and reads what an earlier process of it left. */
export async function openRun({ hash, programName }: RunIdentity, ports: ProgramPorts): Promise<RunContext> {
  const limits = ports.limits ?? reviewLimits(ports.timeoutMs)
  const startedAtMs = ports.monotonicMs()
  return {
    artifactHash: hash,
    programName,
    ports,
    budget: new RunBudget(limits, ports.monotonicMs),
    slots: new Slots(limits.concurrency ?? Number.POSITIVE_INFINITY),
    endsAtMs: startedAtMs + Math.min(ports.timeoutMs, limits.timeMs ?? Number.POSITIVE_INFINITY),
    finished: ports.resume === undefined ? [] : await ports.resume.checkpoints.load(ports.resume.runId),
  }
}

/**
 * How many of these pieces of work may start together. The places bound calls in any case; this keeps work that would only
 * wait for one from starting before it is known whether it is still wanted.
 */
export function atOnce(count: number, { budget }: RunContext): number {
  return Math.max(1, Math.min(count, budget.limits.concurrency ?? count))
}

/** What is left of a run's time, in whole milliseconds. */
export function remainingMs({ endsAtMs, ports }: RunContext): number {
  return Math.floor(endsAtMs - ports.monotonicMs())
}
