import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { migrate } from '@torghut/artifact-store'
import { freePort, startEmbeddedPostgres } from '@torghut/local-stack'

import { localDefaults } from './local-environment.ts'
import { startReviewApi, startSimulator } from './processes.ts'
import type { StackProcess } from './processes.ts'

export interface StackOptions {
  dataDir: string
  /** 0 picks a free port. */
  port: number
  jangarUrl: string | null
  /** Settings that go before the local defaults, e.g. a replay clock. */
  environment: Record<string, string>
  simulatorArgs: readonly string[]
  /** Told in words what is being started. */
  onStep(step: string): void
}

export interface Stack {
  apiUrl: string
  jangarUrl: string
  databaseUrl: string
  simulated: boolean
  /** The names that were not set, and the local values they got. */
  filledIn: Record<string, string>
  /** Resolves with a reason when a process of the stack goes away by itself. */
  broken: Promise<string>
  stop(): Promise<void>
}

/** Starts the whole stack as separate processes, in the order they need each other; on failure stops what had started. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = resolve(options.dataDir)
  const started: { stop(): Promise<void> }[] = []
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop()
  }
  try {
    mkdirSync(join(dataDir, 'logs'), { recursive: true })
    const database = await startDatabase(dataDir, options, started)
    const jangar = await startJangar(dataDir, options, started)
    const filledIn = localDefaults({ ...process.env, ...options.environment })
    options.onStep('review API')
    const api = await startReviewApi({
      dataDir,
      port: options.port === 0 ? await freePort() : options.port,
      environment: { ...filledIn, ...options.environment, DATABASE_URL: database.applicationUrl, JANGAR_BASE_URL: jangar.url },
    })
    started.push(api)
    return {
      apiUrl: api.url,
      jangarUrl: jangar.url,
      databaseUrl: database.applicationUrl,
      simulated: jangar.process !== null,
      filledIn,
      broken: Promise.race([api.gone, ...(jangar.process === null ? [] : [jangar.process.gone]), ...database.gone]),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type Started = { stop(): Promise<void> }[]

async function startDatabase(dataDir: string, options: StackOptions, started: Started) {
  const given = process.env['DATABASE_URL']
  if (given) {
    const ownerUrl = process.env['DATABASE_MIGRATION_URL']
    options.onStep(ownerUrl ? 'migrations on DATABASE_URL' : 'your database (DATABASE_URL)')
    if (ownerUrl) await migrate(ownerUrl)
    return { applicationUrl: given, gone: [] }
  }
  options.onStep('embedded PostgreSQL')
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') })
  started.push(postgres)
  options.onStep('migrations')
  await migrate(postgres.urls.owner)
  return { applicationUrl: postgres.urls.application, gone: [] as Promise<string>[] }
}

async function startJangar(
  dataDir: string,
  options: StackOptions,
  started: Started,
): Promise<{ url: string; process: StackProcess | null }> {
  const given = options.jangarUrl ?? process.env['JANGAR_BASE_URL']
  if (given) return { url: given, process: null }
  options.onStep('Jangar simulator (simulated model)')
  const simulator = await startSimulator({ dataDir, args: options.simulatorArgs })
  started.push(simulator)
  return { url: simulator.url, process: simulator }
}
