import { access, constants, mkdir, realpath, stat, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import {
  DataDirNotWritableError,
  DiskFullError,
  PathUnreachableError,
  PostgresSetupError,
  PostgresStartError,
} from './errors.ts'

/** Below this the server cannot start: a WAL segment has 16 MiB, and recovery may need another one. */
const FREE_BYTES_MIN = 32 * 1024 * 1024

/**
 * Makes a directory with everything above it and returns its real path. Throws DiskFullError, or
 * DataDirNotWritableError when this user may not write there.
 */
export async function makeDataDir(dir: string): Promise<string> {
  try {
    await mkdir(dir, { recursive: true })
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK)
    return await realpath(dir)
  } catch (error) {
    const cause = await realCause(dir, error)
    throw await explainDiskFull(new DataDirNotWritableError(resolve(dir), cause), dir)
  }
}

/** A recursive mkdir below a read-only disk says ENOENT; the nearest directory that is there tells the truth. */
async function realCause(dir: string, error: unknown): Promise<unknown> {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error
  return access(await nearestExisting(dir), constants.W_OK).then(
    () => error,
    (truth: unknown) => truth,
  )
}

/** Bytes that are free for us where `path` is, or would be. */
export async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestExisting(path))
  return bavail * bsize
}

/** The path itself, or the closest one above it that exists. */
export async function nearestExisting(path: string): Promise<string> {
  const absolute = resolve(path)
  const exists = await stat(absolute).then(
    () => true,
    () => false,
  )
  return exists || dirname(absolute) === absolute ? absolute : nearestExisting(dirname(absolute))
}

/**
 * A DiskFullError in place of a failure that a full disk explains, else the failure itself. The server's own words may
 * be missing, since its log is on the same disk; hence the look at what is free.
 */
export async function explainDiskFull(failure: unknown, dir: string): Promise<unknown> {
  if (failure instanceof PathUnreachableError) return failure // About another directory.
  const free = await freeBytes(dir).catch(() => FREE_BYTES_MIN)
  const mayBeSilent = failure instanceof PostgresSetupError || failure instanceof PostgresStartError
  const isFull = saysDiskFull(failure) || (mayBeSilent && free < FREE_BYTES_MIN)
  return isFull ? new DiskFullError(resolve(dir), free, failure) : failure
}

function saysDiskFull(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false
  const { code } = failure as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return true
  return /No space left on device|Disk quota exceeded/.test(failure.message) || saysDiskFull(failure.cause)
}
