/** A row of the bar file that cannot be a trading day. The file is at fault: nothing is replayed from it. */
export class BarRowError extends Error {
  override readonly name = 'BarRowError'
  readonly code = 'BAR_ROW_INVALID'
  readonly line: number

  constructor(line: number, problem: string, options?: ErrorOptions) {
    super(`Cannot read bar on line ${line}: ${problem}`, options)
    this.line = line
  }
}

/** A flag the command line does not know or cannot read. Exit 2. */
export class ReplayFlagError extends Error {
  override readonly name = 'ReplayFlagError'
  readonly code = 'REPLAY_FLAG'
}

/** The review API refused what was posted: the replay and the API disagree about the contract. Never retried. */
export class ApiRefusedError extends Error {
  override readonly name = 'ApiRefusedError'
  readonly code = 'API_REFUSED'
  readonly status: number
  readonly problem: string

  constructor(path: string, status: number, problem: string) {
    super(`"${path}" answered ${status}: ${problem}`)
    this.status = status
    this.problem = problem
  }
}

/** No answer came, or none that can be read: the API is away or is not the review API. */
export class ApiUnreachableError extends Error {
  override readonly name = 'ApiUnreachableError'
  readonly code = 'API_UNREACHABLE'

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`Cannot use "${path}": ${problem}`, options)
  }
}
