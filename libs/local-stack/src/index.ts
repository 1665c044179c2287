export {
  DataDirInUseError,
  DataDirNotWritableError,
  DiskFullError,
  NodeMissingError,
  PasswordsLostError,
  PathUnreachableError,
  PostgresIncompleteError,
  PostgresMissingError,
  PostgresSetupError,
  PostgresStartError,
  ProcessNotStartedError,
  ProcessNotStoppedError,
  StartAbortedError,
} from './errors.ts'
export { freeBytes, makeDataDir, nearestExisting } from './data-dir.ts'
export { freePort } from './free-port.ts'
export { spawnKept } from './kept-process.ts'
export type { ExitStatus, KeptProcess, KeptProcessOptions } from './kept-process.ts'
export { packagedNodePath } from './packaged-node.ts'
export { startEmbeddedPostgres } from './postgres/embedded-postgres.ts'
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './postgres/embedded-postgres.ts'
export { inspectPostgres, packagedPostgres } from './postgres/inspect.ts'
export type { PostgresState } from './postgres/inspect.ts'
