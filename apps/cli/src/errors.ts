import type { Problem } from '@torghut/contracts'

/** What a person did or has to do; shown as one line, exit code 2. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code = 'CLI'
}

/** The review API refused a call; the problem says what to change, path by path. */
export class ApiProblemError extends Error {
  override readonly name = 'ApiProblemError'
  readonly code = 'API_PROBLEM'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`)
    this.problem = problem
  }
}

/** The command was told to stop before it was done. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
  readonly code = 'STOPPED'
  readonly reason: string

  constructor(reason: string) {
    super(`Stopped early (${reason}); nothing is left running`)
    this.reason = reason
  }
}

/** A process of the stack did not come up or went away; the message holds its own words, never a stack trace. */
export class StackProcessError extends Error {
  override readonly name = 'StackProcessError'
  readonly code = 'STACK_PROCESS'
  readonly process: string

  constructor(process: string, why: string, lastLines: readonly string[]) {
    const words = ownWords(lastLines)
    super(words === '' ? `${process} ${why}` : `${process} ${why}: ${words}`)
    this.process = process
  }
}

/** Most lines of a process that are repeated; a refused environment may have several problems. */
const WORDS_MAX = 5

/** What a process said in sentences: without its own name, blank lines and what Node prints around a crash. */
export function ownWords(lines: readonly string[]): string {
  const said = lines.filter((line) => line.trim() !== '' && !CRASH_DECORATION.test(line))
  const crash = said.find((line) => /^(\S+: )?\w*Error\b/.test(line))
  const words = crash === undefined ? said.slice(-WORDS_MAX) : [crash]
  return words.map((line) => line.replace(/^[a-z][a-z-]*: /, '').trim()).join('; ')
}

/** Stack frames, the line and caret Node shows, the warnings about itself, and its version at the end. */
const CRASH_DECORATION =
  /^\s+(at |\^|code: |errno: |syscall: |\[cause\])|^(file|node):|^Node\.js v|^\(node:\d+\)|^\(Use `node|^[{}]/
