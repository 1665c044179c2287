import { createTwoFilesPatch } from 'diff'

import type { ConvergedFile } from './converge.ts'
import type { ConvergeResult } from './converge-files.ts'
import type { Change } from './plan.ts'

/** `converged`: nothing to do. `changed`: files were written. `drift`: a check found what would be written. */
export type ConvergeState = 'converged' | 'changed' | 'drift'

export function stateOf({ files }: ConvergeResult, isCheck: boolean): ConvergeState {
  if (files.every(({ before, after }) => before === after)) return 'converged'
  return isCheck ? 'drift' : 'changed'
}

/** One unified diff of a file, as `git diff` would name it; empty when nothing changes. */
export function diffOf({ path, before, after }: ConvergedFile): string {
  if (before === after) return ''
  const name = path.replace(/^\/+|^\.\//, '')
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after).replace(/^=+\n/, '')
}

/** What happened, or under a check would happen: one line a name, with the value to go back to. */
export function linesOf({ files, warnings }: ConvergeResult, isCheck: boolean): string[] {
  const changed = files.flatMap(({ path, changes }) =>
    changes.flatMap((change) => changeLines(path, change, isCheck)),
  )
  return [...changed, ...warnings.map(({ path, line, text }) => `warning: ${path}:${line}: ${text}`)]
}

function changeLines(path: string, change: Change, isCheck: boolean): string[] {
  const { line, where, name, action, from, to, notes } = change
  const verb = isCheck ? `would ${action}` : DONE[action]
  const values = {
    set: ` to ${quoted(to)} (was ${quoted(from)})`,
    insert: ` as ${quoted(to)}`,
    remove: ` (was ${quoted(from)})`,
  }[action]
  return [`${path}:${line}: ${verb} ${name}${values} in ${where}`, ...notes.map((note) => `  ${note}`)]
}

const DONE = { set: 'set', insert: 'inserted', remove: 'removed' } as const

function quoted(value: string | null): string {
  return value === null ? 'nothing' : JSON.stringify(value)
}

/** The whole answer for programs. */
export function jsonReport(result: ConvergeResult, isCheck: boolean): string {
  const files = result.files.map((file) => {
    const { path, before, after, changes } = file
    return { path, changed: before !== after, changes, diff: diffOf(file) }
  })
  return JSON.stringify({ state: stateOf(result, isCheck), files, warnings: result.warnings })
}
