import { execFile } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

import {
  freeBytes,
  inspectPostgres,
  nearestExisting,
  packagedNodePath,
  packagedPostgres,
} from '@torghut/local-stack'
import type { PostgresState } from '@torghut/local-stack'

import { note, ok, wordsOf, wrong, wrongSentence } from './finding.ts'
import type { Finding } from './finding.ts'

const VERSION_LIMIT_MS = 10_000
const MIB = 1024 * 1024

/** Room for a new database with its first months, and what a running one needs for its log, in MiB. */
const FREE_MIB_NEW = 100
const FREE_MIB_RUNNING = 32

/** The Node the processes of a stack run on. */
export async function checkNode(): Promise<Finding> {
  try {
    const path = packagedNodePath()
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: VERSION_LIMIT_MS })
    const whose = path === process.execPath ? 'this one' : path
    return ok('Node', `${stdout.trim()} (${whose})`)
  } catch (error) {
    return wrongSentence('Node', wordsOf(error))
  }
}

/** The PostgreSQL that npm installed; it is not needed when DATABASE_URL is set. */
export async function checkPostgres(env: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const { version, directory } = await packagedPostgres()
    return ok('PostgreSQL', `${version} (${directory})`)
  } catch (error) {
    const finding = wrongSentence('PostgreSQL', wordsOf(error))
    return env['DATABASE_URL'] ? note('PostgreSQL', finding.found, 'nothing: DATABASE_URL is set') : finding
  }
}

/** Whether the data directory, or the place it would be made in, can be written and has room. Makes nothing. */
export async function checkDataDir(dataDir: string, embedded: PostgresState): Promise<Finding> {
  const place = await nearestExisting(dataDir)
  try {
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK)
    if (!(await stat(place)).isDirectory())
      throw Object.assign(new Error('is no directory'), { code: 'ENOTDIR' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return wrong(
      'data directory',
      `"${dataDir}" cannot be written (${code} at "${place}")`,
      'check its owner, or choose another with --data-dir',
    )
  }
  const freeMib = Math.floor((await freeBytes(place)) / MIB)
  const wantedMib = embedded.state === 'absent' ? FREE_MIB_NEW : FREE_MIB_RUNNING
  const found = `"${dataDir}" ${place === resolve(dataDir) ? 'is' : 'can be made and is'} writable, ${freeMib} MiB free`
  if (freeMib >= wantedMib) return ok('data directory', found)
  return wrong('data directory', found, `make room: ${wantedMib} MiB are needed`)
}

/** What is in the embedded database's folder; a damaged one counts as stopped and shows up at the next start. */
export async function embeddedState(dataDir: string): Promise<PostgresState> {
  return inspectPostgres(join(resolve(dataDir), 'postgres')).catch((): PostgresState => ({ state: 'stopped' }))
}
