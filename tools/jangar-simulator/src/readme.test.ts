import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { FAULTS, FAULT_KINDS } from './faults/kinds.ts'

test('README holds the table of faults as the code has it', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const rows = FAULT_KINDS.map((kind) => {
    const { doc, positional } = FAULTS[kind]
    return `| \`${kind}\` | ${positional ? 'yes' : ''} | ${doc} |`.replace('|  |', '| |')
  })
  expect(readme).toContain(`| kind | place | what happens |\n| --- | --- | --- |\n${rows.join('\n')}\n`)
})
