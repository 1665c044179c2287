import type { CompletionTransport, ReviewSubmission } from '@torghut/contracts'
import { failedRun, runProgram } from '@torghut/programs'
import type { LoadedArtifact, ProgramRun } from '@torghut/programs'

/** Program runs one process has open at once; above it the fallback answers at once instead of queueing. */
const IN_FLIGHT_MAX = 64

/** Runs programs against the one transport, never more than a bounded number at a time. */
export class ModelCalls {
  readonly #transport: CompletionTransport
  readonly #model: string
  #inFlight = 0

  constructor(transport: CompletionTransport, model: string) {
    this.#transport = transport
    this.#model = model
  }

  /** One program run within `timeoutMs`. Never throws: over capacity is `overloaded`, a failure has its cause. */
  async run(artifact: LoadedArtifact, submission: ReviewSubmission, nonce: string, timeoutMs: number): Promise<ProgramRun> {
    if (this.#inFlight >= IN_FLIGHT_MAX) {
      return failedRun('overloaded', `${IN_FLIGHT_MAX} program runs are open`)
    }
    this.#inFlight += 1
    try {
      return await runProgram(artifact, submission.request, {
        transport: this.#transport,
        model: this.#model,
        nonce,
        timeoutMs,
      })
    } finally {
      this.#inFlight -= 1
    }
  }
}
