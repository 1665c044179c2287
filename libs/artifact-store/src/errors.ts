/** A database URL that is no postgres URL. The URL is not repeated, since it may hold a password. */
export class StoreUrlInvalidError extends Error {
  override readonly name = 'StoreUrlInvalidError'
  readonly code = 'STORE_URL_INVALID'

  constructor() {
    super('Cannot read the database URL: expected postgres://user:password@host:port/database')
  }
}

/** PostgreSQL cannot be reached, is overloaded or took too long. The caller journals or falls back. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
  readonly code = 'STORE_UNAVAILABLE'
  readonly target: string

  constructor(target: string, reason: string, options?: ErrorOptions) {
    super(`Cannot use PostgreSQL at "${target}": ${reason}`, options)
    this.target = target
  }
}

/** The database is not at the migrations this build was written for. A person runs the migration. */
export class SchemaMismatchError extends Error {
  override readonly name = 'SchemaMismatchError'
  readonly code = 'SCHEMA_MISMATCH'
  readonly missing: readonly string[]
  readonly unknownCount: number

  constructor(missing: readonly string[], unknownCount: number) {
    super(
      missing.length > 0
        ? `Database lacks migrations ${missing.map((tag) => `"${tag}"`).join(', ')}: run torghut migrate`
        : `Database has ${unknownCount} migrations this build does not know: start the build that brought them`,
    )
    this.missing = missing
    this.unknownCount = unknownCount
  }
}

/** An applied migration file was changed afterwards: what runs is no longer what is committed. */
export class MigrationEditedError extends Error {
  override readonly name = 'MigrationEditedError'
  readonly code = 'MIGRATION_EDITED'
  readonly tag: string

  constructor(tag: string) {
    super(`Migration "${tag}" was edited after it was applied: restore the file and write a new migration`)
    this.tag = tag
  }
}

/** A committed migration is older than the newest applied one and was never applied; it would be skipped silently. */
export class MigrationOutOfOrderError extends Error {
  override readonly name = 'MigrationOutOfOrderError'
  readonly code = 'MIGRATION_OUT_OF_ORDER'
  readonly tag: string

  constructor(tag: string) {
    super(`Migration "${tag}" is older than the applied ones and was never applied: generate it again`)
    this.tag = tag
  }
}

/** Another process held the migration lock for longer than we wait. */
export class MigrationLockTimeoutError extends Error {
  override readonly name = 'MigrationLockTimeoutError'
  readonly code = 'MIGRATION_LOCK_TIMEOUT'
  readonly waitMs: number

  constructor(waitMs: number, options?: ErrorOptions) {
    super(`Another process kept the migration lock for more than ${waitMs} ms`, options)
    this.waitMs = waitMs
  }
}

/** The roles that the grants name must exist before the first migration. */
export class RoleMissingError extends Error {
  override readonly name = 'RoleMissingError'
  readonly code = 'ROLE_MISSING'
  readonly roles: readonly string[]

  constructor(roles: readonly string[]) {
    super(`Database roles ${roles.map((role) => `"${role}"`).join(', ')} do not exist: create them as superuser first`)
    this.roles = roles
  }
}

/** More reviews wait for the database than the queue may hold. The caller treats it like an unavailable store. */
export class AuditQueueFullError extends Error {
  override readonly name = 'AuditQueueFullError'
  readonly code = 'AUDIT_QUEUE_FULL'
  readonly queuedMax: number

  constructor(queuedMax: number) {
    super(`Cannot queue another review: ${queuedMax} wait already`)
    this.queuedMax = queuedMax
  }
}

/** The database refused this review itself (a constraint, an impossible value). Sending it again cannot help. */
export class EntryRejectedError extends Error {
  override readonly name = 'EntryRejectedError'
  readonly code = 'ENTRY_REJECTED'
  readonly reviewId: string

  constructor(reviewId: string, reason: string, options?: ErrorOptions) {
    super(`Cannot store review "${reviewId}": ${reason}`, options)
    this.reviewId = reviewId
  }
}

/** The idempotency key belongs to another body. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError'
  readonly code = 'KEY_REUSED'
  readonly key: string

  constructor(key: string) {
    super(`Idempotency key "${key}" was used with another body`)
    this.key = key
  }
}

/** The review that answered this key was moved to an archive. The caller sends a new key. */
export class ReviewArchivedError extends Error {
  override readonly name = 'ReviewArchivedError'
  readonly code = 'REVIEW_ARCHIVED'
  readonly key: string
  readonly reviewId: string

  constructor(key: string, reviewId: string) {
    super(`Review "${reviewId}" under idempotency key "${key}" was archived`)
    this.key = key
    this.reviewId = reviewId
  }
}

export class ReviewNotFoundError extends Error {
  override readonly name = 'ReviewNotFoundError'
  readonly code = 'REVIEW_NOT_FOUND'
  readonly reviewId: string

  constructor(reviewId: string) {
    super(`Cannot find review "${reviewId}"`)
    this.reviewId = reviewId
  }
}

export class WriterNotFoundError extends Error {
  override readonly name = 'WriterNotFoundError'
  readonly code = 'WRITER_NOT_FOUND'
  readonly writerId: string

  constructor(writerId: string) {
    super(`Cannot find audit writer "${writerId}"`)
    this.writerId = writerId
  }
}

/** A list cursor that no answer of ours contained. */
export class CursorInvalidError extends Error {
  override readonly name = 'CursorInvalidError'
  readonly code = 'CURSOR_INVALID'

  constructor() {
    super('Cannot read the list cursor: pass next_cursor as it was answered')
  }
}

/** A stored review does not parse as the record it should be: an invariant of ours is broken. */
export class StoredReviewInvalidError extends Error {
  override readonly name = 'StoredReviewInvalidError'
  readonly code = 'STORED_REVIEW_INVALID'
  readonly reviewId: string

  constructor(reviewId: string, options?: ErrorOptions) {
    super(`Stored review "${reviewId}" does not parse as a review record`, options)
    this.reviewId = reviewId
  }
}

/** More controls are on than every replica can be asked to read each second. A person clears some, or halts everything. */
export class TooManyControlsError extends Error {
  override readonly name = 'TooManyControlsError'
  readonly code = 'TOO_MANY_CONTROLS'
  readonly onMax: number

  constructor(onMax: number) {
    super(`Cannot switch another control on: ${onMax} are on already; clear some, or set one without a scope`)
    this.onMax = onMax
  }
}

/** A rollout moved, or another one began, before this move was recorded. The caller reads again and decides anew. */
export class RolloutMovedError extends Error {
  override readonly name = 'RolloutMovedError'
  readonly code = 'ROLLOUT_MOVED'
  readonly rolloutId: string

  constructor(rolloutId: string, options?: ErrorOptions) {
    super(`Rollout "${rolloutId}" cannot make this move: somebody else's came first`, options)
    this.rolloutId = rolloutId
  }
}

/** PostgreSQL's copy stream is not what this build can read: an invariant of ours is broken. */
export class CopyFormatError extends Error {
  override readonly name = 'CopyFormatError'
  readonly code = 'COPY_FORMAT'

  constructor(problem: string) {
    super(`Cannot read the copy stream: ${problem}`)
  }
}

/** A month that must not be moved to files, or not yet. A person reads why. */
export class ArchiveRefusedError extends Error {
  override readonly name = 'ArchiveRefusedError'
  readonly code = 'ARCHIVE_REFUSED'
  readonly month: string

  constructor(month: string, problem: string) {
    super(`Cannot archive ${month}: ${problem}`)
    this.month = month
  }
}
