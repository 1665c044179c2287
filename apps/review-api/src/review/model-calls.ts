import type { CompletionTransport, ReviewSubmission } from '@torghut/contracts'
import { artifactBreakerKey, failedRun, gatewayBreakerKey, reviewLimits, runProgram, withAllowance } from '@torghut/programs'
import type { LoadedArtifact, ProgramRun } from '@torghut/programs'

import type { Breakers } from '../breakers/breakers.ts'
import type { RunResources } from './run-resources.ts'

export interface ModelCallDeps {
  transport: CompletionTransport
  breakers: Pick<Breakers, 'admit'>
  /** Where the gateway is and which model it is asked for: together one breaker. */
  origin: string
  model: string
  monotonicMs(): number
  resources: RunResources
}

/** Runs programs against the one transport, and none through an open breaker. */
export class ModelCalls {
  readonly #deps: ModelCallDeps

  constructor(deps: ModelCallDeps) {
    this.#deps = deps
  }

  /** One program run within `timeoutMs`. Never throws: a run that failed, or that a breaker refused, has its cause. */
  async run(artifact: LoadedArtifact, submission: ReviewSubmission, nonce: string, timeoutMs: number): Promise<ProgramRun> {
    // The heuristic asks no gateway, and its answer cannot fail to parse.
    if (artifact.executor !== 'dspy_live') return this.#ask(artifact, submission, nonce, { timeoutMs, probing: false })
    return this.#askGuarded(artifact, submission, nonce, timeoutMs)
  }

  async #askGuarded(artifact: LoadedArtifact, submission: ReviewSubmission, nonce: string, timeoutMs: number): Promise<ProgramRun> {
    const { breakers, origin, model, monotonicMs } = this.#deps
    const endsAtMs = monotonicMs() + timeoutMs
    const keys = { gateway: gatewayBreakerKey(origin, model), artifact: artifactBreakerKey(artifact.hash) }
    const admission = await breakers.admit(keys, timeoutMs)
    if (!admission.ok) return failedRun('breaker_open', admission.detail)
    const leftMs = Math.floor(endsAtMs - monotonicMs())
    const run = await this.#ask(artifact, submission, nonce, { timeoutMs: leftMs, probing: admission.probing })
    admission.finish(run)
    return run
  }

  /**
   * A strategy is a tenant: one that floods the process waits behind the others. Nothing is cached on this path. A probe
   * makes one call after the other, so that a gateway that is still down gets one and not one a node.
   */
  #ask(
    artifact: LoadedArtifact,
    submission: ReviewSubmission,
    nonce: string,
    { timeoutMs, probing }: { timeoutMs: number; probing: boolean },
  ): Promise<ProgramRun> {
    const { transport, model, monotonicMs, resources } = this.#deps
    const { budget, nodeBreakers: breakers, retry } = resources
    const terms = { tenant: submission.request.decision.strategy_id, endsAtMs: monotonicMs() + timeoutMs }
    const limits = { ...reviewLimits(timeoutMs), ...(probing ? { concurrency: 1 } : {}) }
    const ports = { transport, model, nonce, timeoutMs, monotonicMs, breakers, retry, limits }
    return withAllowance(budget, terms, (allowance) => runProgram(artifact, submission.request, { ...ports, allowance }))
  }
}
