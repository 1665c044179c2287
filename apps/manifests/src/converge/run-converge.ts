import process from 'node:process'
import { setFlagsFromString } from 'node:v8'

import { convergeFiles } from './converge-files.ts'
import { readPins } from './read-pins.ts'
import { diffOf, jsonReport, linesOf, stateOf } from './report.ts'

export interface ConvergeRun {
  files: readonly string[]
  pins: string
  isCheck: boolean
  removeDeprecated: boolean
  asJson: boolean
}

/**
 * Converges and tells what was done: a diff of a check on stdout, everything else where it does not get in
 * its way.
 */
export async function runConverge({
  files,
  pins,
  isCheck,
  removeDeprecated,
  asJson,
}: ConvergeRun): Promise<void> {
  keepNurserySmall()
  const result = await convergeFiles(files, readPins(pins), { removeDeprecated, isCheck })
  const state = stateOf(result, isCheck)
  process.exitCode = state === 'drift' ? 1 : 0
  if (asJson) {
    process.stdout.write(`${jsonReport(result, isCheck)}\n`)
    return
  }
  if (isCheck) process.stdout.write(result.files.map(diffOf).join(''))
  tell(linesOf(result, isCheck), isCheck ? process.stderr : process.stdout)
  if (state === 'converged')
    tell([`converged: ${result.files.length} files, nothing to change`], process.stderr)
}

/**
 * What is read of a file is garbage once the next one is read, yet V8 lets its space for new objects grow
 * with the amount of it: a thousand services took 300 MB that way and 150 MB this way, in the same time.
 */
function keepNurserySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

function tell(lines: readonly string[], stream: NodeJS.WriteStream): void {
  if (lines.length > 0) stream.write(`${lines.join('\n')}\n`)
}
