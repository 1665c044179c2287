/** A key for checkpoints that cannot be used. A person names another file. */
export class SigningKeyInvalidError extends Error {
  override readonly name = 'SigningKeyInvalidError'
  readonly code = 'SIGNING_KEY_INVALID'

  constructor(problem: string, options?: ErrorOptions) {
    super(`Cannot use the checkpoint key: ${problem}`, options)
  }
}

/**
 * A chain is shorter than an earlier checkpoint said, or that checkpoint is not what was signed: signing on would cover
 * up what happened. A person runs the verification.
 */
export class CheckpointRefusedError extends Error {
  override readonly name = 'CheckpointRefusedError'
  readonly code = 'CHECKPOINT_REFUSED'

  constructor(problem: string) {
    super(`Cannot sign a checkpoint: ${problem}; run torghut audit verify`)
  }
}
