import type { Node } from 'yaml'

import type { Manifest } from './manifest.ts'
import type { TextEdit } from './text-edit.ts'

export type Action = 'set' | 'insert' | 'remove'

/** One name brought to what is wanted, with the value it had, for people and for going back. */
export interface Change {
  line: number
  /** `group/kind namespace/name container`, or the source of the environment that was edited. */
  where: string
  name: string
  action: Action
  from: string | null
  to: string | null
  /** What a reader should know: the comments that went along, what the running image does then. */
  notes: readonly string[]
}

/** Something left as it is that a person should look at. */
export interface Warning {
  path: string
  line: number
  text: string
}

/**
 * What is to be done to one place of a file: the edits, and the plain value that must then be read at `path`.
 * Everything else must be read as before; that is checked before anything is written.
 */
export interface Plan {
  manifest: Manifest
  document: number
  path: readonly (string | number)[]
  edits: readonly TextEdit[]
  changes: readonly Change[]
  warnings: readonly Warning[]
  expect(before: unknown): unknown
}

/** A change before its line is known: `node` is where it happens. */
export interface ChangeAt extends Omit<Change, 'line' | 'where'> {
  node: Node | null
}
