import { createHash } from 'node:crypto'

/**
 * One entry on disk: four bytes that mark its start, the payload's length as an unsigned 32-bit number (big endian),
 * the payload's SHA-256, the payload. The mark lets a reader find the next entry behind damaged bytes.
 */
const MARK = Buffer.from('TGJ1')
const LENGTH_BYTES = 4
const CHECKSUM_BYTES = 32
export const FRAME_HEAD_BYTES = MARK.length + LENGTH_BYTES + CHECKSUM_BYTES

/** Where an intact entry lies in its file, and the SHA-256 of its payload in hex. */
export interface Frame {
  offset: number
  /** Bytes of the payload, which begins `FRAME_HEAD_BYTES` behind the offset. */
  length: number
  checksum: string
}

/** Bytes of a file that are no entry. */
export interface DamagedRange {
  offset: number
  length: number
}

export function encodeFrame(payload: Uint8Array): { frame: Buffer; checksum: string } {
  const digest = createHash('sha256').update(payload).digest()
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(payload.length)
  return { frame: Buffer.concat([MARK, length, digest, payload]), checksum: digest.toString('hex') }
}

/**
 * Finds every intact entry of a file, and what lies between them. A tail torn by a crash is a damaged range at the
 * end; damage in the middle costs the entries it hit and none behind it.
 */
export function scanFrames(bytes: Buffer): { frames: Frame[]; damaged: DamagedRange[] } {
  const frames: Frame[] = []
  const damaged: DamagedRange[] = []
  let offset = 0
  while (offset < bytes.length) {
    const frame = frameAt(bytes, offset)
    if (frame === null) {
      const next = nextFrameOffset(bytes, offset + 1)
      damaged.push({ offset, length: next - offset })
      offset = next
    } else {
      frames.push(frame)
      offset += FRAME_HEAD_BYTES + frame.length
    }
  }
  return { frames, damaged }
}

/** The payload of a frame that was read again, or null when its bytes changed since. */
export function intactPayload(payload: Buffer, checksum: string): Buffer | null {
  return createHash('sha256').update(payload).digest('hex') === checksum ? payload : null
}

function frameAt(bytes: Buffer, offset: number): Frame | null {
  const head = bytes.subarray(offset, offset + FRAME_HEAD_BYTES)
  if (head.length < FRAME_HEAD_BYTES || !head.subarray(0, MARK.length).equals(MARK)) return null
  const length = head.readUInt32BE(MARK.length)
  const payload = bytes.subarray(offset + FRAME_HEAD_BYTES, offset + FRAME_HEAD_BYTES + length)
  const checksum = head.subarray(MARK.length + LENGTH_BYTES).toString('hex')
  if (payload.length < length || intactPayload(payload, checksum) === null) return null
  return { offset, length, checksum }
}

function nextFrameOffset(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(MARK, from); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
    if (frameAt(bytes, at) !== null) return at
  }
  return bytes.length
}
