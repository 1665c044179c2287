import { parseArgs } from 'node:util'

import { ProofUsageError } from './errors.ts'

export const USAGE = `Usage: npm run proof [<name>] [-- --check | --help]
  (nothing)   lists the proofs and whether their results are current
  <name>      runs a proof with its full counts, on from where an earlier run stopped; writes docs/proofs/<name>.json
  --check     lists the proofs too, and exits 1 unless every result is current`

export type ProofCommand = { kind: 'list' | 'check' | 'help' } | { kind: 'run'; name: string }

/** Reads the command line; throws `ProofUsageError` with one line. */
export function parseFlags(argv: readonly string[]): ProofCommand {
  const { values, positionals } = readValues(argv)
  const [name, ...more] = positionals
  if (values.help === true) return { kind: 'help' }
  if (more.length > 0) throw new ProofUsageError(`Cannot run "${positionals.join(' ')}": one proof at a time`)
  if (name === undefined) return { kind: values.check === true ? 'check' : 'list' }
  if (values.check === true) throw new ProofUsageError(`Cannot check "${name}" alone: --check looks at every proof`)
  return { kind: 'run', name }
}

function readValues(argv: readonly string[]) {
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: { check: flag, help: flag } })
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.replaceAll('\n', ' ') : 'Cannot read flags'
    throw new ProofUsageError(problem, { cause })
  }
}
