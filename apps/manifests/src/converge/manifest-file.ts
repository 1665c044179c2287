import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, statSync } from 'node:fs'

import { FileRefusedError } from '../errors.ts'

/**
 * A file as it was read: its text, what must be put back around it, and how to tell that it is still the
 * same.
 */
export interface ManifestFile {
  /** As it was named. */
  path: string
  /** Where it really is, when a link leads to it. */
  realPath: string
  /** Without a byte order mark, and with a final line break even where the file has none. */
  text: string
  hasByteOrderMark: boolean
  /** The line break that was added at the end, or nothing. */
  addedBreak: string
  mode: number
  owner: { uid: number; gid: number }
  sha256: string
}

/** Largest file that is read; the manifests of a large application are a hundredth of it. */
const BYTES_MAX = 16 * 1024 * 1024

/** Reads a file as UTF-8. Throws `FileRefusedError` for what is not a readable text file. */
export function readManifestFile(path: string): ManifestFile {
  try {
    const realPath = realpathSync(path)
    const { mode, uid, gid, size } = statFile(path, realPath)
    if (size > BYTES_MAX) throw new FileRefusedError(path, null, `Cannot read more than ${BYTES_MAX} bytes`)
    const bytes = readFileSync(realPath)
    const opened = openText(path, bytes)
    return { path, realPath, ...opened, mode: mode & 0o7777, owner: { uid, gid }, sha256: sha256Of(bytes) }
  } catch (cause) {
    if (cause instanceof FileRefusedError) throw cause
    throw new FileRefusedError(path, null, `Cannot read this file (${codeOf(cause)})`, { cause })
  }
}

function statFile(path: string, realPath: string) {
  const stat = statSync(realPath)
  if (stat.isDirectory()) throw new FileRefusedError(path, null, 'Cannot edit a folder: name its files')
  if (!stat.isFile()) throw new FileRefusedError(path, null, 'Cannot edit what is not a plain file')
  return stat
}

/** The bytes a text stands for in this file: mark and missing final line break as they were. */
export function closeText({ hasByteOrderMark, addedBreak }: OpenedText, text: string): Buffer {
  const body = addedBreak !== '' && text.endsWith(addedBreak) ? text.slice(0, -addedBreak.length) : text
  return Buffer.from(hasByteOrderMark ? `\ufeff${body}` : body, 'utf8')
}

/** Whether the file still has the bytes that were read. */
export function isUnchanged({ path, realPath, sha256 }: ManifestFile): boolean {
  try {
    return realpathSync(path) === realPath && sha256Of(readFileSync(realPath)) === sha256
  } catch {
    return false
  }
}

type OpenedText = Pick<ManifestFile, 'text' | 'hasByteOrderMark' | 'addedBreak'>

/** Takes bytes for text. Throws `FileRefusedError` with the line where they are not UTF-8. */
export function openText(path: string, bytes: Buffer): OpenedText {
  const decoded = decode(path, bytes)
  const hasByteOrderMark = decoded.startsWith('\ufeff')
  const body = hasByteOrderMark ? decoded.slice(1) : decoded
  if (body === '' || body.endsWith('\n')) return { text: body, hasByteOrderMark, addedBreak: '' }
  const addedBreak = /\r\n/.test(body) ? '\r\n' : '\n'
  return { text: body + addedBreak, hasByteOrderMark, addedBreak }
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new FileRefusedError(path, lineOfBadByte(bytes), 'Cannot read this as UTF-8 text', { cause })
  }
}

/** The longest start of the bytes that is text ends on the line to blame. */
function lineOfBadByte(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  const bad = text.indexOf('\ufffd')
  return text.slice(0, bad === -1 ? 0 : bad).split('\n').length
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
}
