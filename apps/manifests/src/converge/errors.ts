/** A file changed between reading it and writing it; nothing was written. Converge again. */
export class ManifestChangedError extends Error {
  override readonly name = 'ManifestChangedError'
  readonly code = 'MANIFEST_CHANGED'
  readonly path: string

  constructor(path: string) {
    super(`${path}: Somebody else changed this file meanwhile; nothing was written, so converge again`)
    this.path = path
  }
}

/** Writing stopped between two files. Each file is whole, the ones named are new, the others as they were. */
export class PartlyWrittenError extends Error {
  override readonly name = 'PartlyWrittenError'
  readonly code = 'PARTLY_WRITTEN'
  readonly written: readonly string[]

  constructor(path: string, written: readonly string[], options: ErrorOptions) {
    super(
      `${path}: Cannot put this file in place; written before it: ${written.join(', ') || 'none'}`,
      options,
    )
    this.written = written
  }
}
