/** The journal holds as many bytes as it may, or as many entries wait for the disk as may. Nothing was written. */
export class JournalFullError extends Error {
  override readonly name = 'JournalFullError'
  readonly code = 'JOURNAL_FULL'
  readonly maxBytes: number

  constructor(what: string, maxBytes: number) {
    super(`Cannot journal another review: ${what}`)
    this.maxBytes = maxBytes
  }
}

/** The disk refused a write or its fsync, or the folder cannot be used. What was to be written is not in the journal. */
export class JournalUnwritableError extends Error {
  override readonly name = 'JournalUnwritableError'
  readonly code = 'JOURNAL_UNWRITABLE'
  readonly folder: string

  constructor(folder: string, reason: string, options?: ErrorOptions) {
    super(`Cannot write the journal in "${folder}": ${reason}`, options)
    this.folder = folder
  }
}

/**
 * The disk did not confirm a write in time. The entry may turn up in the journal later all the same; nobody may act on
 * it until then.
 */
export class JournalStuckError extends Error {
  override readonly name = 'JournalStuckError'
  readonly code = 'JOURNAL_STUCK'
  readonly timeoutMs: number

  constructor(timeoutMs: number) {
    super(`Disk did not confirm the journal's write within ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}
