/** Neither npm nor the running process offers a Node that runs the sources. The operator installs one. */
export class NodeMissingError extends Error {
  override readonly name = 'NodeMissingError'
  readonly code = 'NODE_MISSING'
  readonly foundVersion: string

  constructor(foundVersion: string) {
    super(
      'Cannot find Node 24: run "npm ci" without "--omit=optional", or start with Node 22.19 or newer ' +
        `(this one is ${foundVersion})`,
    )
    this.foundVersion = foundVersion
  }
}

/** The operating system did not even create the process: usually a working directory or shell that is absent. */
export class ProcessNotStartedError extends Error {
  override readonly name = 'ProcessNotStartedError'
  readonly code = 'PROCESS_NOT_STARTED'
  readonly processName: string

  constructor(processName: string, command: string, cwd: string) {
    const advice = 'check that the directory exists and may be entered'
    super(`Cannot start "${processName}" ("${command}" in "${cwd}"): ${advice}`)
    this.processName = processName
  }
}

/** A process survived its SIGKILL, which only a stuck kernel call explains. */
export class ProcessNotStoppedError extends Error {
  override readonly name = 'ProcessNotStoppedError'
  readonly code = 'PROCESS_NOT_STOPPED'
  readonly pid: number

  constructor(processName: string, pid: number) {
    super(`Cannot stop "${processName}": process ${pid} ignores SIGKILL`)
    this.pid = pid
  }
}

/** No packaged PostgreSQL fits this machine. The operator brings a server of their own. */
export class PostgresMissingError extends Error {
  override readonly name = 'PostgresMissingError'
  readonly code = 'POSTGRES_MISSING'
  readonly packageName: string

  constructor(packageName: string, cause: unknown) {
    const advice = 'run "npm ci" without "--omit=optional", or set DATABASE_URL'
    super(`Cannot find the packaged PostgreSQL "${packageName}": ${advice}`, { cause })
    this.packageName = packageName
  }
}

/** The packaged PostgreSQL lacks the links its install script makes, and this user may not make them. */
export class PostgresIncompleteError extends Error {
  override readonly name = 'PostgresIncompleteError'
  readonly code = 'POSTGRES_INCOMPLETE'
  readonly root: string

  constructor(root: string, packageName: string, cause: unknown) {
    const advice = `run "npm rebuild ${packageName}" as its owner, or set DATABASE_URL`
    super(`Cannot complete the packaged PostgreSQL in "${root}": ${advice}`, { cause })
    this.root = root
  }
}

/** The start was called off before the server accepted connections. Nothing of it is left. */
export class StartAbortedError extends Error {
  override readonly name = 'StartAbortedError'
  readonly code = 'START_ABORTED'

  constructor(cause?: unknown) {
    super('Start of PostgreSQL was called off', { cause })
  }
}

/** The server may not run as root, and the unprivileged account it runs as cannot get at something it needs. */
export class PathUnreachableError extends Error {
  override readonly name = 'PathUnreachableError'
  readonly code = 'PATH_UNREACHABLE'
  readonly path: string
  readonly uid: number

  constructor(path: string, uid: number, advice: string, cause?: unknown) {
    super(`Cannot run PostgreSQL as uid ${uid} with "${path}": ${advice}`, { cause })
    this.path = path
    this.uid = uid
  }
}

/** The data directory cannot be made or written. The operator picks another one or fixes its owner. */
export class DataDirNotWritableError extends Error {
  override readonly name = 'DataDirNotWritableError'
  readonly code = 'DATA_DIR_NOT_WRITABLE'
  readonly dataDir: string

  constructor(dataDir: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException | null)?.code
    const why = code === undefined ? '' : ` (${code})`
    super(`Cannot write to data directory "${dataDir}"${why}: check its owner, or choose another one`, { cause })
    this.dataDir = dataDir
  }
}

/** The disk under the data directory is full, or as good as full for a database. The operator makes room. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError'
  readonly code = 'DISK_FULL'
  readonly dataDir: string
  readonly freeBytes: number

  constructor(dataDir: string, freeBytes: number, cause?: unknown) {
    const freeMib = Math.floor(freeBytes / 1024 / 1024)
    const advice = 'make room (100 MiB for a new database), or choose another one'
    super(`Disk of "${dataDir}" is full (${freeMib} MiB free): ${advice}`, { cause })
    this.dataDir = dataDir
    this.freeBytes = freeBytes
  }
}

/** A living server already serves the data directory. The operator stops it or chooses another directory. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError'
  readonly code = 'DATA_DIR_IN_USE'
  readonly dataDir: string
  readonly pid: number

  constructor(dataDir: string, pid: number) {
    const holder = `the PostgreSQL server with pid ${pid} already serves it`
    super(`Cannot use data directory "${dataDir}": ${holder}; stop it, or choose another one`)
    this.dataDir = dataDir
    this.pid = pid
  }
}

/** The passwords of an existing database are absent or damaged. They cannot be guessed again. */
export class PasswordsLostError extends Error {
  override readonly name = 'PasswordsLostError'
  readonly code = 'PASSWORDS_LOST'
  readonly file: string

  constructor(file: string, cause?: unknown) {
    super(`Cannot read the passwords in "${file}": restore the file, or remove the data directory to start afresh`, {
      cause,
    })
    this.file = file
  }
}

/** Building a new database failed. Nothing half-built is kept, so a later start tries again. */
export class PostgresSetupError extends Error {
  override readonly name = 'PostgresSetupError'
  readonly code = 'POSTGRES_SETUP_FAILED'
  readonly output: readonly string[]

  constructor(reason: string, output: readonly string[], cause?: unknown) {
    super(`Cannot create the database: ${reason}${lastWords(output)}`, { cause })
    this.output = output
  }
}

/** The server ended early or stayed silent. Its last log lines say why. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError'
  readonly code = 'POSTGRES_START_FAILED'
  readonly logLines: readonly string[]

  constructor(reason: string, logFile: string, logLines: readonly string[], cause?: unknown) {
    super(`Cannot start PostgreSQL: ${reason}${lastWords(logLines)} (log in "${logFile}")`, { cause })
    this.logLines = logLines
  }
}

/** The few lines of an output that tell what went wrong; all of them are in the error's field or the log. */
function lastWords(lines: readonly string[]): string {
  const telling = lines.filter((line) => /FATAL|PANIC|ERROR|could not|error:/.test(line))
  const words = (telling.length > 0 ? telling : lines).slice(-3).map((line) => line.trim())
  return words.length === 0 ? '' : `: ${words.join(' | ')}`
}
