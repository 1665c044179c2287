import { expect, test } from 'vitest'

import { tellsOfSkippedRule } from './skipped-rules.ts'

test('tellsOfSkippedRule() knows the line of the boundary rule, colours included', () => {
  const line = '\u001b[33mwarning\u001b[39m No cached ProjectGraph is available. The rule will be skipped.'
  expect(tellsOfSkippedRule(line)).toBe(true)
})

test.each(['', '> eslint .', '1:1  error  A project tagged with "type:core" is not allowed to import "pg"'])(
  'tellsOfSkippedRule() lets %j pass',
  (line) => {
    expect(tellsOfSkippedRule(line)).toBe(false)
  },
)
