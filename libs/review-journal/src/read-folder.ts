import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { readNames } from './entry.ts'
import { FRAME_HEAD_BYTES, scanFrames } from './frame.ts'
import type { DamagedRange, Frame } from './frame.ts'
import type { KeptEntry } from './kept-entries.ts'
import type { Segment } from './segment.ts'

const SEGMENT_NAME = /^\d{12}\.journal$/

/** A segment's name tells the place of its first entry, so that names sort in the order of the entries. */
export function segmentName(firstPosition: number): string {
  return `${String(firstPosition).padStart(12, '0')}.journal`
}

/** What a segment of a dead process holds. */
export interface ReadSegment {
  segment: Segment
  entries: KeptEntry[]
  /** Bytes that are no entry, to be kept aside. */
  damaged: Buffer[]
}

/** The segments of a folder, oldest first. */
export async function listSegments(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  return names.filter((name) => SEGMENT_NAME.test(name)).sort().map((name) => join(folder, name))
}

/** Reads every whole entry of a segment; what a crash tore, or the disk lost, is returned apart and stops nothing. */
export async function readSegment(path: string, journalId: string): Promise<ReadSegment> {
  const bytes = await readFile(path)
  const { frames, damaged } = scanFrames(bytes)
  const segment: Segment = { path, open: 0, size: bytes.length, sealed: true }
  const entries: KeptEntry[] = []
  const aside = damaged.map((range) => cut(bytes, range))
  for (const frame of frames) {
    const names = readNames(payloadOf(bytes, frame))
    if (names === null) aside.push(Buffer.from(payloadOf(bytes, frame)))
    else entries.push({ ...names, ...frame, journalId, segment })
  }
  return { segment, entries, damaged: aside }
}

function payloadOf(bytes: Buffer, { offset, length }: Frame): Buffer {
  return bytes.subarray(offset + FRAME_HEAD_BYTES, offset + FRAME_HEAD_BYTES + length)
}

/** A copy, so that a few bytes do not keep the whole file in memory. */
function cut(bytes: Buffer, { offset, length }: DamagedRange): Buffer {
  return Buffer.from(bytes.subarray(offset, offset + length))
}
