import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { Aside } from './aside.ts'
import { lockFileName, lockFolder } from './folder-lock.ts'
import type { FolderLock } from './folder-lock.ts'
import type { KeptEntry } from './kept-entries.ts'
import { listSegments, readSegment } from './read-folder.ts'
import type { Segment } from './segment.ts'

const JOURNAL_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export interface AdoptedJournalsOptions {
  root: string
  /** The journal that is ours from the beginning. */
  ownId: string
  aside: Aside
  onSegment(segment: Segment): void
  onEntry(entry: KeptEntry): void
  /** Removes a file that holds nothing. */
  onEmpty(segment: Segment): Promise<void>
}

/** The folders of processes that died, ours until they are empty. */
export class AdoptedJournals {
  readonly #options: AdoptedJournalsOptions
  readonly #folders = new Map<string, { lock: FolderLock; segments: Set<Segment> }>()

  constructor(options: AdoptedJournalsOptions) {
    this.#options = options
  }

  /** Looks for folders whose lock is free and reads what they hold; returns how many entries came with them. */
  async adopt(): Promise<number> {
    const { root, ownId, aside } = this.#options
    await aside.open()
    let entries = 0
    for (const journalId of (await readdir(root)).sort()) {
      if (!JOURNAL_ID.test(journalId) || journalId === ownId || this.#folders.has(journalId)) continue
      const lock = lockFolder(join(root, journalId))
      if (lock === null) continue
      this.#folders.set(journalId, { lock, segments: new Set() })
      for (const path of await listSegments(join(root, journalId))) entries += await this.#read(path, journalId)
    }
    await this.leaveEmpty()
    return entries
  }

  /** A file is gone. */
  forget(segment: Segment): void {
    for (const { segments } of this.#folders.values()) segments.delete(segment)
  }

  /** Removes the folders that hold nothing any more. */
  async leaveEmpty(): Promise<void> {
    for (const [journalId, { lock, segments }] of this.#folders) {
      if (segments.size > 0) continue
      this.#folders.delete(journalId)
      await removeFolder(join(this.#options.root, journalId), lock)
    }
  }

  /** Leaves everything to the next process. */
  release(): void {
    for (const { lock } of this.#folders.values()) lock.release()
  }

  async #read(path: string, journalId: string): Promise<number> {
    const { aside, onSegment, onEntry, onEmpty } = this.#options
    const { segment, entries, damaged } = await readSegment(path, journalId)
    this.#folders.get(journalId)?.segments.add(segment)
    onSegment(segment)
    for (const [index, bytes] of damaged.entries()) {
      const name = `${journalId}-damaged-${index}.bin`
      // Bytes that cannot be kept aside keep their segment: one entry more that never settles.
      await aside.keep(name, bytes).catch(() => (segment.open += 1))
    }
    for (const entry of entries) onEntry(entry)
    if (segment.open === 0) await onEmpty(segment)
    return entries.length
  }
}

/** Removes a folder when nothing is left in it; the lock's file goes first, while the lock is still ours. */
export async function removeFolder(folder: string, lock: FolderLock): Promise<void> {
  const left = await listSegments(folder).catch(() => [])
  if (left.length === 0) await rm(join(folder, lockFileName), { force: true })
  lock.release()
  if (left.length === 0) await rmdir(folder).catch(() => undefined)
}
