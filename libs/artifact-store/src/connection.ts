import { DrizzleQueryError } from 'drizzle-orm'
import { DatabaseError, Pool } from 'pg'

import { StoreUnavailableError, StoreUrlInvalidError } from './errors.ts'

export interface PoolOptions {
  url: string
  applicationName: string
  poolSize: number
  connectTimeoutMs: number
  statementTimeoutMs: number
  /** `off` only where losing the last moments of work in a server crash does no harm. */
  synchronousCommit: 'on' | 'off'
}

/** A pool whose every wait is bounded: connecting, a statement on the server, and an answer that never comes. */
export function openPool(options: PoolOptions): Pool {
  requirePostgresUrl(options.url)
  const pool = new Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.poolSize,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + ANSWER_GRACE_MS,
    keepAlive: true,
    options: `-c synchronous_commit=${options.synchronousCommit}`,
  })
  // A connection that breaks while nobody waits on it is dropped from the pool; the next query opens another one.
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  return pool
}

/** How much longer than the server's own limit we wait for its word that the limit was hit. */
const ANSWER_GRACE_MS = 500

/** Throws `StoreUrlInvalidError` before a driver can put the URL, and its password, into an error of its own. */
export function requirePostgresUrl(url: string): void {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) throw new StoreUrlInvalidError()
}

/** Host, port and database of a URL, fit for messages and logs. */
export function describeTarget(url: string): string {
  requirePostgresUrl(url)
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** Runs database work; what the world did wrong becomes `StoreUnavailableError`, anything else passes unchanged. */
export async function guarded<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toStoreError(target, error)
  }
}

/** Takes drizzle's wrapper off, since its message repeats the parameters, and names an unreachable database. */
export function toStoreError(target: string, error: unknown): unknown {
  const cause = error instanceof DrizzleQueryError && error.cause !== undefined ? error.cause : error
  if (!isUnavailable(cause)) return cause
  return new StoreUnavailableError(target, reasonOf(cause), { cause })
}

/**
 * SQLSTATE classes that say "not now": 08 connection, 28 authorisation, 3D no such database, 53 resources,
 * 57 operator (shutdown, cancel, timeout), 58 system; and 25006 (a standby), 55P03 (lock timeout), 40 (deadlock).
 */
const UNAVAILABLE_STATE = /^(08|28|3D|40|53|57|58)|^(25006|55P03)$/

function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseError) return UNAVAILABLE_STATE.test(error.code ?? '')
  if (!(error instanceof Error)) return false
  const code = (error as NodeJS.ErrnoException).code
  if (code !== undefined) return error instanceof AggregateError || NETWORK_CODES.has(code)
  // The driver throws plain errors, without a code, for its own timeouts and for a connection that ended.
  return error.constructor === Error
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH',
  'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'EACCES', 'EADDRNOTAVAIL', 'EMFILE',
])

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  const message = error instanceof Error ? error.message : ''
  return [code, message].filter((part) => part !== undefined && part !== '').join(' ')
}

function ignore(): void {}
