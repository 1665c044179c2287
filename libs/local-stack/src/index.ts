export {
  DataDirInUseError,
  DataDirNotWritableError,
  NodeMissingError,
  PasswordsLostError,
  PathUnreachableError,
  PostgresMissingError,
  PostgresSetupError,
  PostgresStartError,
  ProcessNotStartedError,
  ProcessNotStoppedError,
} from './errors.ts'
export { freePort } from './free-port.ts'
export { spawnKept } from './kept-process.ts'
export type { ExitStatus, KeptProcess, KeptProcessOptions } from './kept-process.ts'
export { packagedNodePath } from './packaged-node.ts'
export { startEmbeddedPostgres } from './postgres/embedded-postgres.ts'
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './postgres/embedded-postgres.ts'
