import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { StoreUnavailableError, migrate } from '@torghut/artifact-store'
import { startEmbeddedPostgres } from '@torghut/local-stack'

import { CliError } from '../errors.ts'
import { READY_MS } from './stack-process.ts'
import type { StartWatch } from './stack-process.ts'

/** How long to wait before asking a database that was away again, in milliseconds. */
const RETRY_MS = 1_000

export interface StackDatabase {
  applicationUrl: string
  /** Resolves with a sentence when the embedded server goes away by itself; never for a server of your own. */
  gone: Promise<string> | null
  stop(): Promise<void>
}

/** Starts the embedded server and migrates it. Throws what `startEmbeddedPostgres` and `migrate` throw. */
export async function startOwnDatabase(dataDir: string, signal: AbortSignal): Promise<StackDatabase> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), signal })
  try {
    await untilAborted(migrate(postgres.urls.owner), signal)
  } catch (error) {
    await postgres.stop()
    throw error
  }
  return {
    applicationUrl: postgres.urls.application,
    gone: postgres.exited.then(
      ({ code, signal: killer }) => `PostgreSQL exited with ${killer ?? `code ${code}`}`,
    ),
    stop: () => postgres.stop(),
  }
}

/** Migrates a database of your own, waiting up to 30 s for one that is not there yet. Throws `CliError`. */
export async function migrateGivenDatabase(
  ownerUrl: string,
  watch: StartWatch,
): Promise<{ applied: string[] }> {
  const startedAtMs = performance.now()
  for (;;) {
    try {
      return await untilAborted(migrate(ownerUrl), watch.signal)
    } catch (error) {
      watch.signal.throwIfAborted()
      const mayCome = error instanceof StoreUnavailableError && databaseAdvice(error, '') === null
      if (!mayCome || performance.now() - startedAtMs > READY_MS) throw explained(error)
      watch.onWait(`migrations wait: ${error.message}`)
      await sleep(RETRY_MS, null, { signal: watch.signal }).catch(() => watch.signal.throwIfAborted())
    }
  }
}

/** Migrates a database of your own that must be there. Throws `CliError` and what `migrate` throws. */
export async function migrateOnce(ownerUrl: string): Promise<{ applied: string[] }> {
  return migrate(ownerUrl).catch((error: unknown) => {
    throw explained(error)
  })
}

/** The error with what to do about it, when PostgreSQL is there and says no to the owner. */
function explained(error: unknown): unknown {
  const advice = databaseAdvice(error, 'DATABASE_MIGRATION_URL')
  return advice === null ? error : new CliError(advice, { cause: error })
}

/** What a person has to do when PostgreSQL refuses by SQLSTATE; null when it may be mended by waiting. */
export function databaseAdvice(error: unknown, variable: string): string | null {
  const source = error instanceof StoreUnavailableError ? error.cause : error
  const { code = '', message = '' } = (source ?? {}) as { code?: string; message?: string }
  if (code.startsWith('28'))
    return `PostgreSQL refuses the login (${message}): check user and password in ${variable}`
  if (code === '3D000') return `${message}: create the database that ${variable} names`
  if (code === '42501')
    return `Role of ${variable} lacks a right (${message}): give the URL of the role meant for it`
  return null
}

/** The work's result, or the signal's reason at once; an embedded server that is stopped then ends the work. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  work.catch(() => undefined)
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
