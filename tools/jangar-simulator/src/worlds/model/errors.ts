/** The rules of a world contradict what a row was to show. An invariant is broken: a world is wrong. */
export class UndrawableRowError extends Error {
  override readonly name = 'UndrawableRowError'
  readonly code = 'UNDRAWABLE_ROW'
  readonly world: string

  constructor(world: string, split: string, index: number) {
    super(`Cannot draw row ${index} of "${split}" in world "${world}"`)
    this.world = world
  }
}

/** A prompt the oracle was given holds no record of this world's last step. The caller's rendering is wrong. */
export class UnreadablePromptError extends Error {
  override readonly name = 'UnreadablePromptError'
  readonly code = 'UNREADABLE_PROMPT'
  readonly world: string

  constructor(world: string, step: string) {
    super(`Cannot find a record for step "${step}" in a prompt for world "${world}"`)
    this.world = world
  }
}
