import { expect, test } from 'vitest'

import { ProofUsageError } from './errors.ts'
import { parseFlags } from './flags.ts'

test.each([
  [[], { kind: 'list' }],
  [['--check'], { kind: 'check' }],
  [['--help'], { kind: 'help' }],
  [['fuzz'], { kind: 'run', name: 'fuzz' }],
])('parseFlags() reads %j', (argv, command) => {
  expect(parseFlags(argv)).toEqual(command)
})

test.each([
  ['two proofs', ['fuzz', 'kills']],
  ['a check of one proof', ['fuzz', '--check']],
  ['an unknown flag', ['--fast']],
])('parseFlags() refuses %s in one line', (_what, argv) => {
  expect(() => parseFlags(argv)).toThrow(ProofUsageError)
  expect(() => parseFlags(argv)).toThrow(/^[^\n]+$/)
})
