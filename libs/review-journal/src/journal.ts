import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { AdoptedJournals, removeFolder } from './adopted-journals.ts'
import { Aside } from './aside.ts'
import { encodeEntry } from './entry.ts'
import type { JournalEntry } from './entry.ts'
import { JournalFullError, JournalStuckError, JournalUnwritableError } from './errors.ts'
import { lockFolder } from './folder-lock.ts'
import type { FolderLock } from './folder-lock.ts'
import { encodeFrame } from './frame.ts'
import { KeptEntries } from './kept-entries.ts'
import type { KeptEntry } from './kept-entries.ts'
import { readEntry, readEntryOrNull, readPayload } from './read-entry.ts'
import type { ReadEntry } from './read-entry.ts'
import { openSegmentFile } from './segment.ts'
import type { OpenSegmentFile, Segment } from './segment.ts'
import { within } from './within.ts'
import { WriteQueue, unwritable } from './write-queue.ts'
import type { Waiting } from './write-queue.ts'

export interface JournalOptions {
  /** Where journals lie, each process's in a folder of its own. Made when it is missing. */
  root: string
  /** Most bytes of entries that wait for the database, adopted ones included. */
  maxBytes: number
  /** Most entries that may wait for the disk. */
  queuedMax?: number
  /** Size at which a new file begins. */
  segmentBytes?: number
  /** How segment files are opened; only a test says. */
  openFile?: OpenSegmentFile
}

/** Where an entry stands in the journal, once it is durable there. */
export interface JournalPlace {
  journalId: string
  position: number
  checksum: string
}

/** `superseded`: the key has a verdict in this journal already; the entry was not written. */
export type JournalAppend =
  | { state: 'stored'; place: JournalPlace }
  | { state: 'superseded'; place: JournalPlace; entry: JournalEntry }

export interface JournalFigures {
  entries: number
  bytes: number
  /** When the oldest entry was journalled. */
  oldestAt: string | null
  /** Files beside the journals that wait for a person. */
  aside: number
}

const DEFAULTS = { queuedMax: 1_024, segmentBytes: 8 * 1024 * 1024, openFile: openSegmentFile }

/** What has to fit beside the entries for a journal to count as writable again; an entry has about a quarter of it. */
const TRIAL_BYTES = 64 * 1024

/** A fresh folder is lost to an adopter only in the moment before its lock; again and again means something else. */
const OPEN_TRIES = 5

/** Opens a journal of this process alone. Throws `JournalUnwritableError` when the folder cannot be used. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { root } = options
  try {
    for (let tries = 0; tries < OPEN_TRIES; tries += 1) {
      const journalId = randomUUID()
      await mkdir(join(root, journalId), { recursive: true, mode: 0o700 })
      const lock = lockFolder(join(root, journalId))
      if (lock === null) continue
      const journal = new Journal({ ...DEFAULTS, ...options }, journalId, lock)
      await journal.adopt()
      return journal
    }
  } catch (error) {
    throw unwritable(root, error)
  }
  throw new JournalUnwritableError(root, 'its lock cannot be taken')
}

/**
 * What was decided while the database was away, on this machine's disk. Entries are durable before `append` resolves,
 * stay in order, and stay until they are settled; a process that dies leaves its folder to whoever opens or adopts next.
 */
export class Journal {
  readonly journalId: string
  readonly #options: Required<JournalOptions>
  readonly #folder: string
  readonly #lock: FolderLock
  readonly #kept = new KeptEntries()
  readonly #aside: Aside
  readonly #adopted: AdoptedJournals
  readonly #queue: WriteQueue
  /** Keys whose entries are on their way to the disk. */
  readonly #writing = new Map<string, Promise<KeptEntry>>()
  #bytes = 0
  #lastPosition = 0
  #closed = false

  constructor(options: Required<JournalOptions>, journalId: string, lock: FolderLock) {
    const { root, segmentBytes, openFile } = options
    this.journalId = journalId
    this.#options = options
    this.#folder = join(root, journalId)
    this.#lock = lock
    this.#aside = new Aside(root)
    const onEmpty = (segment: Segment) => this.#removeSegment(segment)
    this.#adopted = new AdoptedJournals({
      root,
      ownId: journalId,
      aside: this.#aside,
      onSegment: ({ size }) => void (this.#bytes += size),
      onEntry: (entry) => this.#kept.add(entry, 'adopted'),
      onEmpty,
    })
    const onDurable = (kept: KeptEntry, frameBytes: number) => {
      this.#kept.add(kept, 'own')
      this.#bytes += frameBytes
    }
    this.#queue = new WriteQueue({ folder: this.#folder, segmentBytes, openFile, onDurable, onEmpty })
  }

  get figures(): JournalFigures {
    return { entries: this.#kept.count, bytes: this.#bytes, oldestAt: this.#kept.oldestAt, aside: this.#aside.count }
  }

  /**
   * Resolves when the entry is durable on this disk, or tells which entry has its key. Throws `JournalFullError`,
   * `JournalUnwritableError` or, after `timeoutMs`, `JournalStuckError`.
   */
  async append(entry: JournalEntry, timeoutMs: number): Promise<JournalAppend> {
    const key = entry.kind === 'review' ? entry.idempotency_key : null
    // No wait may come between finding a key free and taking it; a write that failed leaves it free again.
    for (let writing = this.#writingOf(key); writing !== undefined; writing = this.#writingOf(key)) {
      await within(timeoutMs, writing).catch(rethrowStuck)
    }
    const kept = key === null ? undefined : this.#kept.ofKey(key)
    if (kept !== undefined) return await this.#supersededBy(kept)
    const waiting = this.#enqueue(entry, key)
    try {
      return { state: 'stored', place: placeOf(await within(timeoutMs, waiting.written.promise)) }
    } catch (error) {
      this.#queue.withdraw(waiting, error)
      throw error
    }
  }

  /** The oldest entries in order, read from disk. */
  async oldest(limit: number): Promise<ReadEntry[]> {
    return await Promise.all(this.#kept.oldest(limit).map(readEntryOrNull))
  }

  /** The entry that answers a key, or undefined. */
  async ofKey(key: string): Promise<ReadEntry | undefined> {
    return await readOptional(() => this.#kept.ofKey(key))
  }

  async ofReview(reviewId: string): Promise<ReadEntry | undefined> {
    return await readOptional(() => this.#kept.ofReview(reviewId))
  }

  /** Forgets entries that are durable elsewhere and removes the files that hold nothing else. */
  async settle(entries: readonly KeptEntry[]): Promise<void> {
    for (const segment of this.#kept.remove(entries)) await this.#removeSegment(segment)
    await this.#adopted.leaveEmpty()
  }

  /**
   * Takes an entry that nobody can use out of the way, its bytes kept in a file. When the disk refuses that, it stays
   * where it is and is not told again by `oldest` of this process.
   */
  async setAside(kept: KeptEntry): Promise<void> {
    try {
      await this.#aside.keep(`${kept.journalId}-${kept.position}.json`, await readPayload(kept))
    } catch {
      kept.skipped = true
      return
    }
    await this.settle([kept])
  }

  /** Resolves when another entry would fit and the disk takes bytes; throws what `append` would. */
  async tryDisk(): Promise<void> {
    const { maxBytes } = this.#options
    if (this.#bytes + TRIAL_BYTES > maxBytes) throw this.#full()
    const path = join(this.#folder, 'trial')
    try {
      await writeFile(path, Buffer.alloc(TRIAL_BYTES), { flush: true, mode: 0o600 })
    } catch (error) {
      throw unwritable(this.#folder, error)
    } finally {
      await rm(path, { force: true })
    }
  }

  /** Takes over the journals of processes that died; returns how many entries came with them. */
  async adopt(): Promise<number> {
    return await this.#adopted.adopt()
  }

  /**
   * Refuses new entries, waits at most `timeoutMs` for those accepted, and leaves what is not settled for the next.
   * False when a write still hangs on the disk: then the folder stays ours until the process is gone.
   */
  async close(timeoutMs: number): Promise<boolean> {
    if (this.#closed) return this.#queue.flushing === null
    this.#closed = true
    await within(timeoutMs, this.#queue.flushing ?? Promise.resolve()).catch(() => undefined)
    if (this.#queue.flushing !== null) return false
    await this.#queue.close()
    this.#adopted.release()
    await removeFolder(this.#folder, this.#lock)
    return true
  }

  #writingOf(key: string | null): Promise<KeptEntry> | undefined {
    return key === null ? undefined : this.#writing.get(key)
  }

  async #supersededBy(kept: KeptEntry): Promise<JournalAppend> {
    const { entry } = await readEntry(kept)
    if (entry === null) throw new JournalUnwritableError(this.#folder, 'the entry of this key cannot be read')
    return { state: 'superseded', place: placeOf(kept), entry }
  }

  #enqueue(entry: JournalEntry, key: string | null): Waiting {
    const { maxBytes, queuedMax } = this.#options
    if (this.#closed) throw new JournalUnwritableError(this.#folder, 'it is closed')
    if (this.#queue.length >= queuedMax) throw new JournalFullError(`${queuedMax} entries wait for the disk`, maxBytes)
    const placed = { journal_id: this.journalId, position: this.#lastPosition + 1, entry }
    const { frame, checksum } = encodeFrame(encodeEntry(placed))
    if (this.#bytes + this.#queue.bytes + frame.length > maxBytes) throw this.#full()
    this.#lastPosition += 1
    const waiting = { placed, frame, checksum, written: Promise.withResolvers<KeptEntry>() }
    this.#queue.add(waiting)
    if (key !== null) this.#rememberWriting(key, waiting.written.promise)
    return waiting
  }

  #full(): JournalFullError {
    const { maxBytes } = this.#options
    return new JournalFullError(`it holds ${this.#bytes} of ${maxBytes} bytes`, maxBytes)
  }

  #rememberWriting(key: string, written: Promise<KeptEntry>): void {
    this.#writing.set(key, written)
    const forget = () => void this.#writing.delete(key)
    written.then(forget, forget)
  }

  /** A file still written to stays; the end of that write looks again. */
  async #removeSegment(segment: Segment): Promise<void> {
    if (!(await this.#queue.end(segment))) return
    this.#bytes -= segment.size
    segment.size = 0
    this.#adopted.forget(segment)
    await rm(segment.path, { force: true })
  }
}

function placeOf({ journalId, position, checksum }: KeptEntry): JournalPlace {
  return { journalId, position, checksum }
}

/** Undefined also when the entry is settled, and its file removed, while we read. */
async function readOptional(find: () => KeptEntry | undefined): Promise<ReadEntry | undefined> {
  const kept = find()
  if (kept === undefined) return undefined
  try {
    return await readEntry(kept)
  } catch (error) {
    if (find() === undefined) return undefined
    throw error
  }
}

function rethrowStuck(error: unknown): null {
  if (error instanceof JournalStuckError) throw error
  return null
}
