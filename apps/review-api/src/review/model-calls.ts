import type { CompletionTransport, ReviewSubmission } from '@torghut/contracts'
import { artifactBreakerKey, failedRun, gatewayBreakerKey, runProgram } from '@torghut/programs'
import type { LoadedArtifact, ProgramRun } from '@torghut/programs'

import type { Breakers } from '../breakers/breakers.ts'

export interface ModelCallDeps {
  transport: CompletionTransport
  breakers: Pick<Breakers, 'admit'>
  /** Where the gateway is and which model it is asked for: together one breaker. */
  origin: string
  model: string
  monotonicMs(): number
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
    if (artifact.executor !== 'dspy_live') return this.#ask(artifact, submission, nonce, timeoutMs)
    return this.#askGuarded(artifact, submission, nonce, timeoutMs)
  }

  async #askGuarded(artifact: LoadedArtifact, submission: ReviewSubmission, nonce: string, timeoutMs: number): Promise<ProgramRun> {
    const { breakers, origin, model, monotonicMs } = this.#deps
    const endsAtMs = monotonicMs() + timeoutMs
    const keys = { gateway: gatewayBreakerKey(origin, model), artifact: artifactBreakerKey(artifact.hash) }
    const admission = await breakers.admit(keys, timeoutMs)
    if (!admission.ok) return failedRun('breaker_open', admission.detail)
    const run = await this.#ask(artifact, submission, nonce, Math.floor(endsAtMs - monotonicMs()))
    admission.finish(run)
    return run
  }

  #ask(artifact: LoadedArtifact, submission: ReviewSubmission, nonce: string, timeoutMs: number): Promise<ProgramRun> {
    const { transport, model } = this.#deps
    return runProgram(artifact, submission.request, { transport, model, nonce, timeoutMs })
  }
}
