import { closeSync, openSync } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { PostgresStartError } from '../errors.ts'
import { spawnKept } from '../kept-process.ts'
import type { KeptProcess } from '../kept-process.ts'
import { dataDirArgument } from './account.ts'
import type { ServerAccount } from './account.ts'
import { readHolder } from './claim.ts'

export const HOST = '127.0.0.1'
/** From the first process to the first accepted connection, crash recovery included. */
const START_LIMIT_MS = 20_000
/** A fast shutdown ends sessions and writes one checkpoint. */
const STOP_GRACE_MS = 10_000
const CONNECT_LIMIT_MS = 5_000
const POLL_MS = 25
/** How much of the log an error carries. */
const LOG_TAIL_LINES = 20
const LOG_TAIL_BYTES = 16 * 1024

export type ServerPlan = {
  postgres: string
  clusterDir: string
  clusterName: string
  logFile: string
  port: number
  account: ServerAccount
  superuserPassword: string
  /** Calls the start off. */
  signal?: AbortSignal | undefined
}

/**
 * Starts a server on 127.0.0.1 and returns when it accepts connections. Throws PostgresStartError, with the last log
 * lines, when it ends early, is called off or needs more than 20 s; no server is left behind then.
 */
export async function startServer(plan: ServerPlan): Promise<KeptProcess> {
  const logStart = await sizeOf(plan.logFile)
  const server = await launch(plan)
  try {
    await untilAccepting(server, plan)
    return server
  } catch (cause) {
    await server.stop()
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new PostgresStartError(reason, plan.logFile, await logTail(plan.logFile, logStart), cause)
  }
}

/** Runs `use` with a superuser's connection that is closed in any case. */
export async function withClient<T>(
  { port, superuserPassword }: Pick<ServerPlan, 'port' | 'superuserPassword'>,
  database: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: HOST,
    port,
    database,
    user: 'postgres',
    password: superuserPassword,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: START_LIMIT_MS,
  })
  client.on('error', () => undefined) // A lost connection also rejects the query that is under way.
  try {
    await client.connect()
    return await use(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** The few variables a server needs; PGDATA and its family must not leak in. */
export function serverEnv(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env
  const inherited = Object.entries({ PATH, SystemRoot }).filter(([, value]) => value !== undefined)
  return { LC_ALL: 'C', TZ: 'UTC', ...Object.fromEntries(inherited) }
}

async function launch(plan: ServerPlan): Promise<KeptProcess> {
  const dataDir = await dataDirArgument(plan.clusterDir, plan.account)
  const outputFd = openSync(plan.logFile, 'a', 0o600)
  try {
    return spawnKept({
      name: 'postgres',
      command: plan.postgres,
      args: ['-D', dataDir, ...settings(plan).flatMap((setting) => ['-c', setting])],
      cwd: plan.clusterDir,
      env: serverEnv(),
      ...plan.account,
      outputFd,
      stopSignal: 'SIGINT', // PostgreSQL's fast shutdown.
      graceMs: STOP_GRACE_MS,
    })
  } finally {
    closeSync(outputFd) // The child has its own copy.
  }
}

/** On the command line rather than in postgresql.conf, so that an existing cluster follows the code. */
function settings({ port, clusterName }: ServerPlan): string[] {
  return [
    `listen_addresses=${HOST}`,
    `port=${port}`,
    'unix_socket_directories=', // TCP on the loopback is enough, and a socket in /tmp could collide.
    `cluster_name=${clusterName}`,
    'max_connections=100',
    'shared_buffers=64MB',
    'fsync=on',
    'full_page_writes=on',
    'synchronous_commit=on',
    'wal_level=replica',
    'logging_collector=off',
    'log_destination=stderr',
    'log_min_messages=warning',
    'log_checkpoints=off', // Each would be a line of its own in a log that is only trimmed at start.
    'timezone=UTC',
    'log_timezone=UTC',
  ]
}

async function untilAccepting(server: KeptProcess, plan: ServerPlan): Promise<void> {
  const giveUp = new AbortController()
  const ended = server.exited.then(({ code, signal }) => {
    throw new Error(`the server ended early (${signal ?? `exit code ${code}`})`)
  })
  try {
    const stop = plan.signal === undefined ? giveUp.signal : AbortSignal.any([giveUp.signal, plan.signal])
    await Promise.race([poll(plan, server.pid, stop), ended])
  } finally {
    giveUp.abort()
  }
}

/** Connects only once the pid file says that it is our server, and no other on the same port, that is ready. */
async function poll(plan: ServerPlan, pid: number, giveUp: AbortSignal): Promise<void> {
  const startedAtMs = performance.now()
  while (!giveUp.aborted && performance.now() - startedAtMs < START_LIMIT_MS) {
    const holder = readHolder(plan.clusterDir)
    if (holder?.pid === pid && holder.status === 'ready') {
      return withClient(plan, 'postgres', async (client) => void (await client.query('select 1')))
    }
    await delay(POLL_MS)
  }
  throw new Error(`not ready within ${START_LIMIT_MS} ms`)
}

async function logTail(logFile: string, startByte: number): Promise<string[]> {
  const size = await sizeOf(logFile)
  const from = Math.max(startByte, size - LOG_TAIL_BYTES)
  const file = await open(logFile, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, size - from)), { position: from })
    const text = buffer.toString('utf8', 0, bytesRead).trim()
    return text === '' ? [] : text.split('\n').slice(-LOG_TAIL_LINES)
  } finally {
    await file.close()
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  )
}
