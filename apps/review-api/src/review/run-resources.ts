import { setTimeout as sleep } from 'node:timers/promises'

import { BudgetOwner, NodeBreakers } from '@torghut/programs'
import type { BreakerSettings, ProgramPorts } from '@torghut/programs'
import { v4 as uuidv4 } from 'uuid'

/** Calls of all runs at once: two for every place a review can have, since more is rare in a committee. */
const CALLS_MAX = 128

/** Tokens those calls may be expected to use together: full prompts for each of them. */
const TOKENS_MAX = 2_000_000

/** Calls that may wait for their turn; one more and the strategy that fills the queue is refused. */
const WAITING_MAX = 256

/** What all runs of this process share. */
export interface RunResources {
  budget: BudgetOwner
  nodeBreakers: NodeBreakers
  retry: NonNullable<ProgramPorts['retry']>
}

/**
 * The budget, the breakers of nodes and the pauses of this process's runs. A node is tried again after half of the time
 * its artifact rests, so that it never stands in the way of the fleet's probe.
 */
export function runResources(settings: BreakerSettings, monotonicMs: () => number): RunResources {
  return {
    budget: new BudgetOwner({
      bounds: { calls: CALLS_MAX, tokens: TOKENS_MAX },
      waitingMax: WAITING_MAX,
      now: monotonicMs,
      setTimer: startTimer,
    }),
    nodeBreakers: new NodeBreakers(
      { ...settings, cooldownMs: Math.floor(settings.cooldownMs / 2) },
      { now: monotonicMs, newOwner: () => uuidv4() },
    ),
    retry: { sleep: pause, random: Math.random },
  }
}

function startTimer(delayMs: number, wake: () => void): () => void {
  const timer = setTimeout(wake, delayMs).unref()
  return () => clearTimeout(timer)
}

/** Ends early when the run is given up, without an error: whoever waits looks at the signal. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined)
}
