import { writeFileSync } from 'node:fs'
import process from 'node:process'

import { FileRefusedError } from '../errors.ts'
import { applyChanges, diffOf } from './change-set.ts'
import type { Change } from './change-set.ts'

/** A move of the pin that was planned and proved, ready to be written. */
export interface PlannedMove {
  root: string
  changes: readonly Change[]
  previous: string
  pinned: string
  /** Null when nothing changes. */
  pullRequest: string | null
  /** Where its text goes; to standard output when not given. */
  pullRequestFile: string | undefined
  notes: readonly string[]
  isCheck: boolean
  asJson: boolean
}

/** Writes the move, unless this is a check, and tells it: the pin before, the diff, the text of the pull request. */
export function settleMove(move: PlannedMove): void {
  const { root, changes, isCheck, asJson, pullRequest, pullRequestFile } = move
  if (!isCheck) applyChanges(root, changes)
  if (pullRequestFile !== undefined && pullRequest !== null) writeText(pullRequestFile, pullRequest)
  if (isCheck && changes.length > 0) process.exitCode = 1
  process.stdout.write(asJson ? jsonReport(move) : humanReport(move))
}

function jsonReport({ previous, pinned, changes, pullRequest, notes, isCheck }: PlannedMove): string {
  const told = changes.map((change) => ({ path: change.path, diff: diffOf(change) }))
  const report = { previous, pinned, written: !isCheck && changes.length > 0, changes: told, notes, pull_request: pullRequest }
  return `${JSON.stringify(report)}\n`
}

function humanReport({ previous, pinned, changes, pullRequest, pullRequestFile, notes, isCheck }: PlannedMove): string {
  if (changes.length === 0) return `${pinned} is pinned already; nothing changed\n`
  const done = isCheck ? 'would write' : 'wrote'
  const lines = [
    `was pinned ${previous}`,
    `now pinned ${pinned}`,
    ...notes,
    '',
    changes.map(diffOf).join(''),
    `${done} ${changes.length} files`,
    ...(pullRequest === null || pullRequestFile !== undefined ? [] : ['', pullRequest]),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new FileRefusedError(path, null, `cannot be written (${code ?? 'unknown reason'})`, { cause: error })
  }
}
