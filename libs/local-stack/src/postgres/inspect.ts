import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { findBinaries, programsIn } from './binaries.ts'
import { kindOf, readHolder } from './claim.ts'
import { urlsOf } from './embedded-postgres.ts'
import type { EmbeddedPostgres } from './embedded-postgres.ts'
import { Secrets } from './home.ts'
import { serverEnv } from './server.ts'

/** Printing a version takes milliseconds; a binary that cannot run at all may hang in its loader. */
const VERSION_LIMIT_MS = 10_000

/** What lies in a data directory, seen without touching it. `urls` hold passwords: never log them. */
export type PostgresState =
  | { state: 'absent' | 'stopped' }
  | { state: 'running'; pid: number; urls: EmbeddedPostgres['urls'] }

/** Where the packaged server is and what it says it is. Throws as `startEmbeddedPostgres` does when there is none. */
export async function packagedPostgres(): Promise<{ directory: string; version: string }> {
  const directory = await findBinaries()
  const { postgres } = programsIn(directory)
  const { stdout } = await promisify(execFile)(postgres, ['--version'], { env: serverEnv(), timeout: VERSION_LIMIT_MS })
  return { directory, version: stdout.trim() }
}

/** Looks whether a data directory has a cluster and a living server. Throws when its files cannot be read. */
export async function inspectPostgres(dataDir: string): Promise<PostgresState> {
  const clusterDir = join(resolve(dataDir), 'cluster')
  const exists = await stat(clusterDir).catch(() => undefined)
  if (exists === undefined) return { state: 'absent' }
  const secrets = Secrets.parse(JSON.parse(await readFile(join(resolve(dataDir), 'passwords.json'), 'utf8')))
  const holder = readHolder(clusterDir)
  if (holder === undefined || (await kindOf(holder.pid, secrets.clusterName)) !== 'server') return { state: 'stopped' }
  return { state: 'running', pid: holder.pid, urls: urlsOf(secrets, holder.port) }
}
