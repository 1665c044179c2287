/** A command line that names no proof we have, or a flag we do not know. Exit 2. */
export class ProofUsageError extends Error {
  override readonly name = 'ProofUsageError'
  readonly code = 'PROOF_USAGE'
}

/** A glob of a proof matches no file, so changes there would never make it stale. The registry is at fault. */
export class NothingCoveredError extends Error {
  override readonly name = 'NothingCoveredError'
  readonly code = 'PROOF_COVERS_NOTHING'
  readonly glob: string

  constructor(glob: string) {
    super(`Cannot find a file that "${glob}" covers`)
    this.glob = glob
  }
}

/** A file of results is not what we wrote. It is run again or restored, never guessed at. */
export class ResultUnreadableError extends Error {
  override readonly name = 'ResultUnreadableError'
  readonly code = 'PROOF_RESULT_UNREADABLE'
  readonly path: string

  constructor(path: string, options?: ErrorOptions) {
    super(`Cannot read "${path}" as the result of a proof`, options)
    this.path = path
  }
}

/** The proof did not hold, or did not run to its end. No result is written; finished parts are kept. */
export class ProofFailedError extends Error {
  override readonly name = 'ProofFailedError'
  readonly code = 'PROOF_FAILED'
  readonly proof: string

  constructor(proof: string, problem: string) {
    super(`Proof "${proof}" ${problem}`)
    this.proof = proof
  }
}
