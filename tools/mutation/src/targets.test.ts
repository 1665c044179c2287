import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { MutationUsageError } from './errors.ts'
import { mutationPatterns } from './targets.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

test('mutationPatterns() takes a file as it is and a folder with all below it, but never tests', () => {
  const patterns = mutationPatterns(ROOT, ['libs/gates/src/evidence/share.ts', './libs/gates/src/context/'])
  expect(patterns).toEqual([
    'libs/gates/src/evidence/share.ts',
    'libs/gates/src/context/**/*.ts',
    '!libs/gates/src/**/*.test.ts',
    '!libs/gates/src/**/testing/**',
  ])
})

test.each(['libs/contracts/src/index.ts', 'libs/gates/src/nothing.ts', '../elsewhere.ts', '--all'])(
  'mutationPatterns() refuses %s',
  (name) => {
    expect(() => mutationPatterns(ROOT, [name])).toThrow(MutationUsageError)
  },
)
