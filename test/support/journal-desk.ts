import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { ReviewAnswer, hashJson } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { startEmbeddedPostgres } from '@torghut/local-stack'
import type { EmbeddedPostgres } from '@torghut/local-stack'
import { BOOTSTRAP_ARTIFACT } from '@torghut/programs'
import pg from 'pg'

import { completeEnvironment } from './complete-environment.ts'
import { layCable } from './database-cable.ts'
import type { DatabaseCable } from './database-cable.ts'
import { startReviewApi, startTorghut } from './run-torghut.ts'
import type { Running } from './run-torghut.ts'
import { getJson, postJson, removeFolder, temporaryFolder } from './running-stack.ts'

/** A PostgreSQL behind a cable, and as many review APIs on it as a test wants. */
export interface JournalDesk {
  folder: string
  server: EmbeddedPostgres
  cable: DatabaseCable
  database: pg.Pool
  /** Starts an API; its data folder is `<folder>/<name>`. */
  start(name: string, env?: Record<string, string>): Promise<DeskApi>
  close(): Promise<void>
}

export interface DeskApi {
  url: string
  running: Running
  pid: number
  /** Ends it as a crash does. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** The heuristic asks no gateway, so nothing but the database can be away. */
const heuristic = {
  LLM_DSPY_ARTIFACT_HASH: hashJson(BOOTSTRAP_ARTIFACT),
  LLM_DSPY_PROGRAM_NAME: BOOTSTRAP_ARTIFACT.program_name,
  LLM_DSPY_SIGNATURE_VERSION: 'v1',
}

export async function openJournalDesk(): Promise<JournalDesk> {
  const folder = temporaryFolder()
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'server') })
  const migrated = await startTorghut({ args: ['migrate'], env: { DATABASE_MIGRATION_URL: server.urls.owner } }).result
  if (migrated.code !== 0) throw new Error(migrated.stderr.join('\n'))
  const cable = await layCable(server.port)
  const database = new pg.Pool({ connectionString: server.urls.superuser, max: 2 })
  database.on('error', () => undefined)
  const apis: DeskApi[] = []
  return {
    folder,
    server,
    cable,
    database,
    start: async (name, env = {}) => {
      const place = { TORGHUT_STORAGE: 'persistent', TORGHUT_DATA_DIR: join(folder, name) }
      // Many starts of the same code: whoever ends in peace leaves it compiled for the next.
      const NODE_COMPILE_CACHE = join(folder, 'compiled')
      const DATABASE_URL = cable.through(server.urls.application)
      const api = await startDeskApi({ ...completeEnvironment, ...heuristic, ...place, NODE_COMPILE_CACHE, DATABASE_URL, ...env })
      apis.push(api)
      return api
    },
    close: async () => {
      cable.mend()
      cable.release()
      cable.listen(null)
      await Promise.all(apis.map((api) => api.stop()))
      await database.end()
      await cable.close()
      await server.stop()
      removeFolder(folder)
    },
  }
}

async function startDeskApi(env: Record<string, string>): Promise<DeskApi> {
  const running = startReviewApi(env)
  const { address } = JSON.parse(await running.line('"msg":"Listening"')) as { address: string }
  return {
    url: address,
    running,
    pid: running.process.pid,
    kill: async () => {
      process.kill(running.process.pid, 'SIGKILL')
      await running.process.exited
    },
    stop: () => running.process.stop(),
  }
}

/** Posts a new decision, or the same one again. */
export function post(api: DeskApi, key: string = randomUUID(), headers: Record<string, string> = {}) {
  const body = { ...exampleSubmission(), trade_decision_id: key }
  return postJson(`${api.url}/v1/reviews`, body, headers)
}

/** Posts a new decision and reads its answer; throws when it is none. */
export async function decide(api: DeskApi, key: string = randomUUID()): Promise<ReviewAnswer> {
  return ReviewAnswer.parse((await post(api, key)).body)
}

/** One figure of `/metrics`. */
export async function figure(api: DeskApi, name: string): Promise<number> {
  const text = await (await fetch(`${api.url}/metrics`)).text()
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
  if (found === undefined) throw new Error(`No figure ${name}`)
  return Number(found)
}

export async function readiness(api: DeskApi): Promise<{ status: number; words: string; reasons: Record<string, string> }> {
  const { status, body } = await getJson(`${api.url}/readyz`)
  const reasons = body['reasons'] as { name: string; reason: string }[]
  return { status, words: String(body['status']), reasons: Object.fromEntries(reasons.map(({ name, reason }) => [name, reason])) }
}
