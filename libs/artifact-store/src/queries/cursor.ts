import { CursorInvalidError } from '../errors.ts'

/** The last row of a page: where the next one begins. */
export interface CursorPlace {
  createdAt: Date
  id: string
}

/** Opaque to callers, so that the order of lists can change. */
export function writeCursor({ createdAt, id }: CursorPlace): string {
  return Buffer.from(`${createdAt.toISOString()} ${id}`).toString('base64url')
}

const CURSOR_PATTERN = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Throws `CursorInvalidError` for anything `writeCursor` did not write. */
export function readCursor(cursor: string): CursorPlace {
  const [, instant = '', id = ''] = CURSOR_PATTERN.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  const createdAt = new Date(instant)
  // PostgreSQL has no year 0, so no row of ours lies in it.
  const isInstant = !Number.isNaN(createdAt.getTime()) && createdAt.getUTCFullYear() > 0
  if (id === '' || !isInstant) throw new CursorInvalidError()
  return { createdAt, id }
}
