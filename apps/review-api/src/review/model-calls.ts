import type { CompletionTransport, ReviewSubmission } from '@torghut/contracts'
import {
  RESOURCE_KINDS,
  artifactBreakerKey,
  exceededReason,
  failedRun,
  gatewayBreakerKey,
  reviewLimits,
  runProgram,
  withAllowance,
} from '@torghut/programs'
import type { LoadedArtifact, ProgramRun, ResourceKind } from '@torghut/programs'

import type { Breakers } from '../breakers/breakers.ts'
import type { ProgramCaches } from '../serving/program-caches.ts'
import type { RunTerms } from './review-decision.ts'
import type { RunResources } from './run-resources.ts'

export interface ModelCallDeps {
  transport: CompletionTransport
  breakers: Pick<Breakers, 'admit'>
  /** Where the gateway is and which model it is asked for: together one breaker. */
  origin: string
  model: string
  monotonicMs(): number
  resources: RunResources
  caches: Pick<ProgramCaches, 'portsFor'>
  /** Told of a run that ended at a limit. */
  onExceeded(kind: ResourceKind): void
}

/** Runs programs against the one transport, and none through an open breaker. */
export class ModelCalls {
  readonly #deps: ModelCallDeps

  constructor(deps: ModelCallDeps) {
    this.#deps = deps
  }

  /** One program run within its time. Never throws: a run that failed, or that a breaker refused, has its cause. */
  async run(artifact: LoadedArtifact, submission: ReviewSubmission, terms: RunTerms): Promise<ProgramRun> {
    // The heuristic asks no gateway, and its answer cannot fail to parse.
    if (artifact.executor !== 'dspy_live') return this.#ask(artifact, submission, { ...terms, probing: false })
    return this.#askGuarded(artifact, submission, terms)
  }

  async #askGuarded(artifact: LoadedArtifact, submission: ReviewSubmission, terms: RunTerms): Promise<ProgramRun> {
    const { timeoutMs } = terms
    const { breakers, origin, model, monotonicMs } = this.#deps
    const endsAtMs = monotonicMs() + timeoutMs
    const keys = { gateway: gatewayBreakerKey(origin, model), artifact: artifactBreakerKey(artifact.hash) }
    const admission = await breakers.admit(keys, timeoutMs)
    if (!admission.ok) return failedRun('breaker_open', admission.detail)
    const leftMs = Math.floor(endsAtMs - monotonicMs())
    const run = await this.#ask(artifact, submission, { ...terms, timeoutMs: leftMs, probing: admission.probing })
    admission.finish(run)
    const kind = run.ok ? undefined : RESOURCE_KINDS.find((name) => run.detail.startsWith(exceededReason(name)))
    if (kind !== undefined) this.#deps.onExceeded(kind)
    return run
  }

  /**
   * A strategy is a tenant: one that floods the process waits behind the others. Nothing is cached on this path unless the
   * policy allows it. A probe makes one call after the other, so that a gateway that is still down gets one and not one a
   * node, and asks no cache, which could not tell whether the gateway is back.
   */
  #ask(
    artifact: LoadedArtifact,
    submission: ReviewSubmission,
    { nonce, timeoutMs, mayCache, probing }: RunTerms & { probing: boolean },
  ): Promise<ProgramRun> {
    const { transport, model, monotonicMs, resources, caches } = this.#deps
    const { budget, nodeBreakers: breakers, retry } = resources
    const terms = { tenant: submission.request.decision.strategy_id, endsAtMs: monotonicMs() + timeoutMs }
    const limits = { ...reviewLimits(timeoutMs), ...(probing ? { concurrency: 1 } : {}) }
    const cached = mayCache && !probing ? caches.portsFor(timeoutMs) : {}
    const ports = { transport, model, nonce, timeoutMs, monotonicMs, breakers, retry, limits, ...cached }
    return withAllowance(budget, terms, (allowance) => runProgram(artifact, submission.request, { ...ports, allowance }))
  }
}
