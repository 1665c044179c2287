import { open } from 'node:fs/promises'

/** The calls a segment makes on its open file; a test may put a disk between that fails or hangs. */
export interface SegmentFile {
  writev(buffers: readonly Buffer[], position: number): Promise<{ bytesWritten: number }>
  datasync(): Promise<void>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

/** Makes a file that must not exist yet and opens it for writing. */
export type OpenSegmentFile = (path: string) => Promise<SegmentFile>

/** A file of the journal as entries are counted in it. */
export interface Segment {
  path: string
  /** Entries that are not settled yet. */
  open: number
  /** Bytes that are durable. */
  size: number
  /** False while entries are still written to it. */
  sealed: boolean
}

export const openSegmentFile: OpenSegmentFile = (path) => open(path, 'wx', 0o600)

/**
 * Appends frames to one file. After a failure the file is cut back to what was durable and never written to again: a
 * disk that lost a write may claim success for the next fsync.
 */
export class SegmentWriter {
  readonly segment: Segment
  readonly #file: SegmentFile

  constructor(path: string, file: SegmentFile) {
    this.segment = { path, open: 0, size: 0, sealed: false }
    this.#file = file
  }

  /** Resolves with the first frame's offset once all are durable; rejects when none may count as durable. */
  async append(frames: readonly Buffer[]): Promise<number> {
    const { segment } = this
    const offset = segment.size
    const length = frames.reduce((sum, frame) => sum + frame.length, 0)
    try {
      const { bytesWritten } = await this.#file.writev(frames, offset)
      if (bytesWritten !== length) throw new Error(`the disk took ${bytesWritten} of ${length} bytes`)
      await this.#file.datasync()
    } catch (error) {
      segment.sealed = true
      await this.#file.truncate(offset).catch(() => undefined)
      throw error
    }
    segment.size += length
    return offset
  }

  async seal(): Promise<void> {
    this.segment.sealed = true
    await this.#file.close().catch(() => undefined)
  }
}
