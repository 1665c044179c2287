import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { makeDataDir } from '../data-dir.ts'
import { DataDirNotWritableError, PasswordsLostError } from '../errors.ts'

/** The log of earlier runs is set aside above this size, so two files of about this size are the most there is. */
const LOG_MAX_BYTES = 1024 * 1024

/** What `passwords.json` holds; only its owner may read the file. */
export const Secrets = z.strictObject({
  superuser: z.string().min(1),
  owner: z.string().min(1),
  application: z.string().min(1),
  approver: z.string().min(1),
  /** Shows up in the server's command line, so that its process can be told from any other. */
  clusterName: z.string().min(1),
})
export type Secrets = z.infer<typeof Secrets>

/** The parts of a data directory. The cluster is absent until it is complete. */
export type PostgresHome = {
  dir: string
  clusterDir: string
  clusterExists: boolean
  logFile: string
  secrets: Secrets
}

/**
 * Opens a data directory, making it and its passwords when they are new. Throws DataDirNotWritableError,
 * DiskFullError, or PasswordsLostError when there is a cluster whose passwords are gone.
 */
export async function openHome(dataDir: string): Promise<PostgresHome> {
  const dir = await makeDataDir(resolve(dataDir))
  const clusterDir = join(dir, 'cluster')
  const clusterExists = await isDirectory(clusterDir)
  const file = join(dir, 'passwords.json')
  if (!clusterExists) await saveFreshSecrets(file, dir)
  const secrets = await readSecrets(file)
  const logFile = join(dir, 'postgres.log')
  await setAsideLargeLog(logFile)
  return { dir, clusterDir, logFile, clusterExists, secrets }
}

/** Two first starts at once must agree, hence a link, which fails when the file is there, instead of a rename. */
async function saveFreshSecrets(file: string, dir: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(draft, `${JSON.stringify(freshSecrets(), null, 2)}\n`, { mode: 0o600, flush: true })
    await link(draft, file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw new DataDirNotWritableError(dir, cause)
  } finally {
    await rm(draft, { force: true })
  }
}

/** 24 random bytes each, in letters that need no escaping inside a URL. */
function freshSecrets(): Secrets {
  const password = () => randomBytes(24).toString('base64url')
  const clusterName = `torghut-${randomBytes(6).toString('hex')}`
  return { superuser: password(), owner: password(), application: password(), approver: password(), clusterName }
}

async function readSecrets(file: string): Promise<Secrets> {
  try {
    return Secrets.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new PasswordsLostError(file, cause)
  }
}

async function setAsideLargeLog(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  )
  if (size > LOG_MAX_BYTES) await rename(logFile, `${logFile}.1`)
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
