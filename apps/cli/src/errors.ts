/** What a person did or has to do; shown as one line, exit code 2. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code = 'CLI'
}

/** A process of the stack did not come up or went away; the message holds its last words. */
export class StackProcessError extends Error {
  override readonly name = 'StackProcessError'
  readonly code = 'STACK_PROCESS'
  readonly process: string

  constructor(process: string, why: string, lastLines: readonly string[]) {
    const words = lastLines.filter((line) => line.trim() !== '').slice(-3).join(' | ')
    super(`${process} ${why}${words === '' ? '' : `: ${words}`}`)
    this.process = process
  }
}
