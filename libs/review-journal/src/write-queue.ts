import { open } from 'node:fs/promises'
import { join } from 'node:path'

import { namesOf } from './entry.ts'
import type { PlacedEntry } from './entry.ts'
import { JournalUnwritableError } from './errors.ts'
import { FRAME_HEAD_BYTES } from './frame.ts'
import type { KeptEntry } from './kept-entries.ts'
import { segmentName } from './read-folder.ts'
import { SegmentWriter } from './segment.ts'
import type { OpenSegmentFile, Segment } from './segment.ts'

/** An entry on its way to the disk. */
export interface Waiting {
  placed: PlacedEntry
  frame: Buffer
  checksum: string
  written: PromiseWithResolvers<KeptEntry>
}

export interface WriteQueueOptions {
  folder: string
  /** Size at which a new file begins. */
  segmentBytes: number
  openFile: OpenSegmentFile
  /** Told of an entry the moment it is durable, before its writer is. */
  onDurable(kept: KeptEntry, frameBytes: number): void
  /** Removes a file that holds nothing. */
  onEmpty(segment: Segment): Promise<void>
}

/** Entries of one write; more would only let the first of them wait longer. */
const BATCH_MAX = 128

/** Writes entries in the order they come, those that come while an fsync is under way together in the next one. */
export class WriteQueue {
  readonly #options: WriteQueueOptions
  #queue: Waiting[] = []
  #bytes = 0
  #active: SegmentWriter | null = null
  #flushing: Promise<void> | null = null

  constructor(options: WriteQueueOptions) {
    this.#options = options
  }

  /** Entries that wait for a write to begin. */
  get length(): number {
    return this.#queue.length
  }

  /** Bytes that are not durable yet, those of the write under way included. */
  get bytes(): number {
    return this.#bytes
  }

  /** The write under way, and those behind it; null when there is none. */
  get flushing(): Promise<void> | null {
    return this.#flushing
  }

  add(waiting: Waiting): void {
    this.#queue.push(waiting)
    this.#bytes += waiting.frame.length
    this.#flushing ??= this.#flush()
  }

  /** Takes an entry back that the disk has not seen yet; one that is being written stays. */
  withdraw(waiting: Waiting, error: unknown): void {
    const place = this.#queue.indexOf(waiting)
    if (place === -1) return
    this.#queue.splice(place, 1)
    this.#bytes -= waiting.frame.length
    waiting.written.reject(error)
  }

  /** Ends a file of ours so that it can be removed; false while it is written to. */
  async end(segment: Segment): Promise<boolean> {
    if (this.#active?.segment !== segment) return true
    if (this.#flushing !== null) return false
    const active = this.#active
    this.#active = null
    await active.seal()
    return true
  }

  /** Ends the last file. Call it when no write is under way. */
  async close(): Promise<void> {
    await this.#sealActive()
  }

  async #flush(): Promise<void> {
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH_MAX)
      const length = batch.reduce((sum, { frame }) => sum + frame.length, 0)
      try {
        await this.#write(batch)
      } catch (error) {
        for (const { written } of batch) written.reject(unwritable(this.#options.folder, error))
        await this.#sealActive()
      }
      this.#bytes -= length
    }
    if (this.#active?.segment.open === 0) await this.#sealActive()
    this.#flushing = null
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const active = await this.#activeSegment(batch[0]?.placed.position ?? 1)
    let offset = await active.append(batch.map(({ frame }) => frame))
    for (const { placed, frame, checksum, written } of batch) {
      const length = frame.length - FRAME_HEAD_BYTES
      const where = { journalId: placed.journal_id, checksum, segment: active.segment, offset, length }
      const kept = { ...namesOf(placed), ...where }
      this.#options.onDurable(kept, frame.length)
      offset += frame.length
      written.resolve(kept)
    }
    if (active.segment.size >= this.#options.segmentBytes) await this.#sealActive()
  }

  async #activeSegment(firstPosition: number): Promise<SegmentWriter> {
    if (this.#active !== null) return this.#active
    const { folder, openFile } = this.#options
    const path = join(folder, segmentName(firstPosition))
    this.#active = new SegmentWriter(path, await openFile(path))
    await syncFolder(folder)
    return this.#active
  }

  async #sealActive(): Promise<void> {
    const active = this.#active
    this.#active = null
    await active?.seal()
    if (active?.segment.open === 0) await this.#options.onEmpty(active.segment).catch(() => undefined)
  }
}

/** A failure as the caller is told it. */
export function unwritable(folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof JournalUnwritableError) return error
  const code = (error as NodeJS.ErrnoException).code
  return new JournalUnwritableError(folder, code ?? error.message, { cause: error })
}

/** A new file's name is durable only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
