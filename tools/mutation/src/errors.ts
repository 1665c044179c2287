/** The command line names something that is not there to be mutated. */
export class MutationUsageError extends Error {
  override readonly name = 'MutationUsageError'
  readonly code = 'MUTATION_USAGE'
}

/** Stryker left no report, or one of another shape. */
export class MutationReportError extends Error {
  override readonly name = 'MutationReportError'
  readonly code = 'MUTATION_REPORT'
}
