import { stat } from 'node:fs/promises'
import { explainDiskFull } from '../data-dir.ts'
import { DataDirInUseError, PostgresStartError, StartAbortedError } from '../errors.ts'
import { freePort } from '../free-port.ts'
import type { ExitStatus, KeptProcess } from '../kept-process.ts'
import { chooseAccount, giveTo } from './account.ts'
import { findBinaries, programsIn, reachableNative } from './binaries.ts'
import { sweepDeadBuilds } from './build-beside.ts'
import { claimCluster, readHolder } from './claim.ts'
import { createCluster, DATABASE, ROLES } from './create-cluster.ts'
import { openHome } from './home.ts'
import type { PostgresHome, Secrets } from './home.ts'
import { HOST, startServer } from './server.ts'
import type { ServerPlan } from './server.ts'

/** A random port is free only a moment before the server takes it; losing that race three times is no accident. */
const PORT_ATTEMPTS = 3

export type EmbeddedPostgresOptions = {
  /** Made when absent. Holds the cluster, its log and `passwords.json`. */
  dataDir: string
  /** A free random port unless told. */
  port?: number
  /** Hears what is being done, as a constant message with its facts. */
  log?: (message: string, facts: Record<string, unknown>) => void
  /** Where root keeps a readable copy of the server when it needs one. `/var/lib/torghut` unless told. */
  sharedDir?: string
  /** Calls the start off; a server that accepts connections is no longer affected. */
  signal?: AbortSignal
}

export type EmbeddedPostgres = {
  readonly host: string
  readonly port: number
  readonly pid: number
  readonly logFile: string
  /** Connection strings, passwords included: never log them. */
  readonly urls: { superuser: string; owner: string; application: string; approver: string }
  /** Resolves when the server is gone, also when nobody asked it to stop. */
  readonly exited: Promise<ExitStatus>
  /** Ends sessions, writes a checkpoint and stops; resolves when no process is left. Repeatable. */
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL that npm installed on 127.0.0.1, creating the database and its roles on the first start, and
 * returns when it accepts connections (within 20 s). It never outlives this process. Throws DataDirInUseError,
 * DataDirNotWritableError, DiskFullError, PasswordsLostError, PathUnreachableError, PostgresIncompleteError,
 * PostgresMissingError, PostgresSetupError, PostgresStartError or StartAbortedError; nothing is left running then.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options)
  } catch (error) {
    if (options.signal?.aborted) throw new StartAbortedError(error)
    throw await explainDiskFull(error, options.dataDir)
  }
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, port, log = () => undefined, sharedDir, signal } = options
  const installed = await findBinaries()
  const home = await openHome(dataDir)
  const account = await chooseAccount(home.clusterDir)
  const native = await reachableNative(installed, account, sharedDir)
  if (native !== installed) log('PostgreSQL runs from a readable copy', { native })
  const binaries = programsIn(native)
  if (!home.clusterExists) {
    log('Creating the database', { dataDir: home.dir })
    await createCluster(home, binaries, account, signal)
  }
  await sweepDeadBuilds(home.clusterDir)
  await claimCluster(home, signal)
  if (await belongsToRoot(home.clusterDir)) await giveTo(account, home.clusterDir)
  const { clusterDir, logFile, secrets } = home
  const { clusterName, superuser: superuserPassword } = secrets
  const plan = { postgres: binaries.postgres, clusterDir, clusterName, logFile, account, superuserPassword, signal }
  const { server, port: takenPort } = await startOnPort(plan, home, port)
  log('PostgreSQL accepts connections', { port: takenPort, pid: server.pid, dataDir: home.dir })
  return describeServer(server, takenPort, home)
}

/** As a cluster does that root copied back from a backup; the server would refuse it. */
async function belongsToRoot(clusterDir: string): Promise<boolean> {
  return (await stat(clusterDir)).uid === 0
}

async function startOnPort(
  plan: Omit<ServerPlan, 'port'>,
  home: PostgresHome,
  wanted: number | undefined,
): Promise<{ server: KeptProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort())
    try {
      return { server: await startServer({ ...plan, port }), port }
    } catch (error) {
      throwIfInUse(error, home)
      if (!portWasTaken(error) || wanted !== undefined || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

/** Two starts at the same instant both find no server; PostgreSQL's own lock then lets only one through. */
function throwIfInUse(error: unknown, { dir, clusterDir }: PostgresHome): void {
  if (!logMentions(error, 'lock file "postmaster.pid" already exists')) return
  const pid = readHolder(clusterDir)?.pid
  if (pid !== undefined) throw new DataDirInUseError(dir, pid)
}

function portWasTaken(error: unknown): boolean {
  return logMentions(error, 'could not bind') || logMentions(error, 'could not create any TCP/IP sockets')
}

function logMentions(error: unknown, text: string): boolean {
  return error instanceof PostgresStartError && error.logLines.some((line) => line.includes(text))
}

function describeServer(server: KeptProcess, port: number, { logFile, secrets }: PostgresHome): EmbeddedPostgres {
  return {
    host: HOST,
    port,
    pid: server.pid,
    logFile,
    urls: urlsOf(secrets, port),
    exited: server.exited,
    stop: () => server.stop(),
  }
}

/** Connection strings of the four roles, passwords included. */
export function urlsOf(secrets: Secrets, port: number): EmbeddedPostgres['urls'] {
  const url = (role: string, password: string) => `postgres://${role}:${password}@${HOST}:${port}/${DATABASE}`
  return {
    superuser: url('postgres', secrets.superuser),
    owner: url(ROLES.owner, secrets.owner),
    application: url(ROLES.application, secrets.application),
    approver: url(ROLES.approver, secrets.approver),
  }
}
