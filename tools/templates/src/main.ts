import { parseArgs } from 'node:util'

import { TemplateRefusedError } from './errors.ts'
import { planGate } from './new-gate.ts'
import { LIB_TYPES, planLib } from './new-lib.ts'
import type { Plan } from './new-lib.ts'
import { writeNewFiles } from './write-files.ts'

const USAGE = `Usage: npm run new lib <name> [-- --type ${LIB_TYPES.join('|')}]    (core)
       npm run new gate <name>`

/** Run from the root. Exit codes: 0 written, 2 refused (one line on stderr, nothing written). */
function main(argv: readonly string[]): void {
  const { kind, name, type, help } = readFlags(argv)
  if (help) {
    process.stdout.write(`${USAGE}\n`)
    return
  }
  const { files, next } = plan(kind, name, type)
  writeNewFiles(process.cwd(), files)
  for (const { path } of files) process.stdout.write(`wrote ${path}\n`)
  process.stdout.write(`Next:\n${next.map((step, index) => `  ${index + 1}. ${step}\n`).join('')}`)
}

function plan(kind: string | undefined, name: string | undefined, type: string): Plan {
  if (name === undefined || (kind !== 'lib' && kind !== 'gate')) {
    throw new TemplateRefusedError('Say what to make: "npm run new lib <name>" or "npm run new gate <name>"')
  }
  if (kind === 'gate') return planGate(process.cwd(), name)
  const libType = LIB_TYPES.find((known) => known === type)
  if (libType === undefined) {
    throw new TemplateRefusedError(`Cannot make a lib of type "${type}": expected ${LIB_TYPES.join(', ')}`)
  }
  return planLib(process.cwd(), name, libType)
}

function readFlags(argv: readonly string[]) {
  try {
    const options = { type: { type: 'string' }, help: { type: 'boolean' } } as const
    const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options })
    const [kind, name, ...more] = positionals
    if (more.length > 0) throw new TypeError(`Cannot read "${more.join(' ')}": one name at a time`)
    return { kind, name, type: values.type ?? 'core', help: values.help === true }
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.replaceAll('\n', ' ') : 'Cannot read flags'
    throw new TemplateRefusedError(problem, { cause })
  }
}

try {
  main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`new: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
