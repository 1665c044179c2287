import process from 'node:process'
import { join, resolve } from 'node:path'

import { makeDataDir } from '@torghut/local-stack'

import { localCheckpointKey } from './checkpoint-key.ts'
import { migrateGivenDatabase, startOwnDatabase } from './database.ts'
import type { StackDatabase } from './database.ts'
import { localDefaults } from './local-environment.ts'
import { requireFreePort } from './port.ts'
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
  /** Calls the start off; a stack that runs is stopped with `stop()`. */
  signal: AbortSignal
  /** Told in words what is being started, and what a start waits for. */
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

/**
 * Starts the whole stack as separate processes, in the order they need each other. When it fails or is called off,
 * what had started is stopped; the error is a sentence for a person.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = resolve(options.dataDir)
  const started: { stop(): Promise<void> }[] = []
  const keep = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    started.push(part)
    return part
  }
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop()
  }
  try {
    await requireFreePort(process.env['HOST'] || '127.0.0.1', options.port)
    await makeDataDir(join(dataDir, 'logs'))
    const database = keep(await startDatabase(dataDir, options))
    const jangar = await startJangar(dataDir, options)
    if (jangar.process !== null) keep(jangar.process)
    const key = await localKey(dataDir, options)
    const defaults = localDefaults({ ...process.env, ...options.environment }, dataDir)
    const filledIn = { ...defaults, ...key }
    options.onStep('starting review API …')
    const urls = { DATABASE_URL: database.applicationUrl, JANGAR_BASE_URL: jangar.url }
    const environment = { ...filledIn, ...options.environment, ...urls }
    const api = keep(await startReviewApi({ dataDir, port: options.port, environment, ...watch(options) }))
    return {
      apiUrl: api.url,
      jangarUrl: jangar.url,
      databaseUrl: database.applicationUrl,
      simulated: jangar.process !== null,
      filledIn,
      broken: Promise.race([api.gone, jangar.process?.gone, database.gone].filter((gone) => gone != null)),
      stop,
    }
  } catch (error) {
    await stop()
    options.signal.throwIfAborted()
    throw error
  }
}

/** A key of this data folder, unless one is given. */
async function localKey(dataDir: string, options: StackOptions): Promise<Record<string, string>> {
  if (process.env['TORGHUT_CHECKPOINT_KEY_FILE']) return {}
  const path = await localCheckpointKey(dataDir)
  options.onStep(`checkpoints of the audit are signed with a local key, ${path}`)
  return { TORGHUT_CHECKPOINT_KEY_FILE: path }
}

const watch = ({ signal, onStep }: StackOptions) => ({ signal, onWait: onStep })

async function startDatabase(dataDir: string, options: StackOptions): Promise<StackDatabase> {
  const given = process.env['DATABASE_URL']
  if (!given) {
    options.onStep('starting embedded PostgreSQL …')
    return startOwnDatabase(dataDir, options.signal)
  }
  const ownerUrl = process.env['DATABASE_MIGRATION_URL']
  if (ownerUrl) {
    options.onStep('migrating the database of DATABASE_MIGRATION_URL …')
    await migrateGivenDatabase(ownerUrl, watch(options))
  }
  return { applicationUrl: given, gone: null, stop: async () => undefined }
}

async function startJangar(
  dataDir: string,
  options: StackOptions,
): Promise<{ url: string; process: StackProcess | null }> {
  const given = options.jangarUrl ?? process.env['JANGAR_BASE_URL']
  if (given) return { url: given, process: null }
  options.onStep('starting Jangar simulator (simulated model) …')
  const simulator = await startSimulator({ dataDir, args: options.simulatorArgs, ...watch(options) })
  return { url: simulator.url, process: simulator }
}
