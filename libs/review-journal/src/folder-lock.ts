import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const LOCK_FILE = 'lock'

/** SQLite's code for a file that somebody else has locked. */
const SQLITE_BUSY = 5

/** A folder that is ours until we release it or die. */
export interface FolderLock {
  release(): void
}

/**
 * Takes a folder for this process, or null when a living one has it or it is gone. Node has no file locks of its own;
 * an exclusive transaction of its SQLite is one that the kernel drops when the process dies, however it dies. Throws
 * what SQLite throws when the file cannot be made.
 */
export function lockFolder(folder: string): FolderLock | null {
  const path = join(folder, LOCK_FILE)
  if (!existsSync(folder)) return null
  const database = new DatabaseSync(path)
  try {
    // Nothing is ever written, so nothing needs a journal file of its own beside the lock.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null
    throw error
  }
  // Whoever held it before us may have removed it: then what we locked is no longer in the folder.
  if (existsSync(path)) return { release: () => database.close() }
  database.close()
  return null
}

/** The lock's name in its folder. */
export const lockFileName = LOCK_FILE
