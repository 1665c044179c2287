/** A command line that names no benchmark we have, or values that do not fit. Exit 2. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError'
  readonly code = 'BENCH_USAGE'
}

/** What is about to be measured does not do what its name says, so a figure would be a lie. Exit 1. */
export class BenchInvalidError extends Error {
  override readonly name = 'BenchInvalidError'
  readonly code = 'BENCH_INVALID'
  readonly what: string

  constructor(what: string, problem: string, options?: ErrorOptions) {
    super(`Cannot measure "${what}": ${problem}`, options)
    this.what = what
  }
}

/** The stack that the whole path is measured on did not get ready. Exit 1. */
export class StackNotReadyError extends Error {
  override readonly name = 'StackNotReadyError'
  readonly code = 'BENCH_STACK_NOT_READY'

  constructor(problem: string) {
    super(`Cannot start the stack: ${problem}`)
  }
}
