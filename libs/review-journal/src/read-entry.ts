import { open } from 'node:fs/promises'

import { decodeEntry } from './entry.ts'
import type { JournalEntry } from './entry.ts'
import { FRAME_HEAD_BYTES, intactPayload } from './frame.ts'
import type { KeptEntry } from './kept-entries.ts'

/** An entry with what it says; null when its bytes are no entry any more. */
export interface ReadEntry {
  kept: KeptEntry
  entry: JournalEntry | null
}

/** Throws what the disk says. */
export async function readEntry(kept: KeptEntry): Promise<ReadEntry> {
  const payload = intactPayload(await readPayload(kept), kept.checksum)
  return { kept, entry: payload === null ? null : decodeEntry(payload) }
}

/** Failures that pass; any other one makes an entry that nobody can use. */
const PASSING = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN']

/** The same, where an entry whose file cannot be read any more counts as one whose bytes are no entry. */
export async function readEntryOrNull(kept: KeptEntry): Promise<ReadEntry> {
  try {
    return await readEntry(kept)
  } catch (error) {
    if (PASSING.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    return { kept, entry: null }
  }
}

/** The bytes as they lie on the disk, whole or not. */
export async function readPayload({ segment, offset, length }: KeptEntry): Promise<Buffer> {
  const file = await open(segment.path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset + FRAME_HEAD_BYTES)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
