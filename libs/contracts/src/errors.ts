/** A run prefix holds nothing a key can be made of, so that many runs would share one. The caller's mistake. */
export class UnusableRunPrefixError extends Error {
  override readonly name = 'UnusableRunPrefixError'
  readonly code = 'UNUSABLE_RUN_PREFIX'
  readonly runPrefix: string

  constructor(runPrefix: string) {
    super(`Cannot make a run key from prefix "${runPrefix.slice(0, 64)}": it holds no letter or digit`)
    this.runPrefix = runPrefix
  }
}
