import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { ManifestChangedError, PartlyWrittenError } from './errors.ts'
import { isUnchanged } from './manifest-file.ts'
import type { ManifestFile } from './manifest-file.ts'

/** A file with the bytes it is to have. */
export interface FileToWrite {
  file: ManifestFile
  bytes: Buffer
}

/** How many files are written at a time: a disk syncs several together in the time of one. */
const AT_A_TIME = 16

/**
 * Writes all files or none: each beside its place first, synced, with the mode and owner of the old one; then,
 * when no file has changed since it was read, every one is put in place by a rename. A link stays a link. Throws
 * `ManifestChangedError` with nothing written, or `PartlyWrittenError` when a rename fails between two files.
 */
export async function writeFiles(files: readonly FileToWrite[]): Promise<void> {
  const staged: Staged[] = files.map(({ file, bytes }) => ({ file, bytes, temporary: temporaryPath(file) }))
  try {
    for (let from = 0; from < staged.length; from += AT_A_TIME) {
      const written = await Promise.allSettled(staged.slice(from, from + AT_A_TIME).map(stage))
      for (const one of written) if (one.status === 'rejected') throw one.reason
    }
    for (const { file } of staged) if (!isUnchanged(file)) throw new ManifestChangedError(file.path)
    await putInPlace(staged)
  } finally {
    for (const { temporary } of staged) rmSync(temporary, { force: true })
  }
}

interface Staged extends FileToWrite {
  temporary: string
}

function temporaryPath({ realPath }: ManifestFile): string {
  return join(dirname(realPath), `.${basename(realPath)}.${randomBytes(6).toString('hex')}.tmp`)
}

async function stage({ file, bytes, temporary }: Staged): Promise<void> {
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await giveOwner(handle, file)
    await handle.chmod(file.mode)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Only a privileged user can give a file away; anybody else writes it as their own, as an editor does. */
async function giveOwner(handle: FileHandle, { owner: { uid, gid } }: ManifestFile): Promise<void> {
  try {
    await handle.chown(uid, gid)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error
  }
}

/** Several at a time too; what is written by then is told when one of them fails. */
async function putInPlace(staged: readonly Staged[]): Promise<void> {
  const written: string[] = []
  for (let from = 0; from < staged.length; from += AT_A_TIME) {
    const group = staged.slice(from, from + AT_A_TIME)
    const ended = await Promise.allSettled(group.map(putOneInPlace))
    written.push(
      ...group.flatMap(({ file }, index) => (ended[index]?.status === 'fulfilled' ? [file.path] : [])),
    )
    const failed = ended.findIndex(({ status }) => status === 'rejected')
    const failure = ended[failed]
    if (failure?.status !== 'rejected') continue
    if (written.length === 0) throw failure.reason
    throw new PartlyWrittenError(group[failed]?.file.path ?? '', written, { cause: failure.reason })
  }
  for (const folder of new Set(staged.map(({ file }) => dirname(file.realPath)))) syncFolder(folder)
}

/** Looks once more, right before the rename: the check of all files took a while. */
async function putOneInPlace({ file, temporary }: Staged): Promise<void> {
  if (!isUnchanged(file)) throw new ManifestChangedError(file.path)
  await rename(temporary, file.realPath)
}

/** Makes the new names last through a power cut, where the system can sync a folder. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
