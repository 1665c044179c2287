import { expect, test } from 'vitest'

import { MutationReportError } from './errors.ts'
import { mutationPage } from './page.ts'
import { parseReport, scoreText, tally, tallyFolders } from './report.ts'
import type { Mutant } from './report.ts'

function mutant(status: Mutant['status'], changes: Partial<Mutant> = {}): Mutant {
  return { mutatorName: 'EqualityOperator', status, location: { start: { line: 3, column: 1 } }, ...changes }
}

const FILES = [
  { path: 'libs/gates/src/evidence/a.ts', mutants: [mutant('Killed'), mutant('Timeout'), mutant('Survived', { replacement: 'a | b' })] },
  { path: 'libs/gates/src/evidence/b.ts', mutants: [mutant('Ignored', { statusReason: 'the same' }), mutant('Ignored', { statusReason: 'the same', mutatorName: 'BlockStatement' })] },
  { path: 'libs/gates/src/context/c.ts', mutants: [mutant('Killed'), mutant('NoCoverage')] },
]

test('tally() counts a mutant nobody could judge as survived and a justified one not at all', () => {
  const mutants = (['Killed', 'Timeout', 'Survived', 'RuntimeError', 'NoCoverage', 'Ignored'] as const).map((status) => mutant(status))
  expect(tally('x', mutants)).toEqual({ name: 'x', killed: 2, survived: 2, unreached: 1, justified: 1, score: 0.4 })
  expect(tally('x', [mutant('Ignored')]).score).toBeNull()
})

test('scoreText() never rounds up to all', () => {
  const text = (score: number | null) => scoreText({ ...tally('x', []), score })
  expect([text(1), text(0.99999), text(0.5), text(null)]).toEqual(['100.00 %', '99.99 %', '50.00 %', 'none'])
})

test('tallyFolders() keeps folders apart', () => {
  expect(tallyFolders(FILES).map(({ name, killed }) => [name, killed])).toEqual([
    ['libs/gates/src/evidence', 2],
    ['libs/gates/src/context', 1],
  ])
})

test('parseReport() reads the files by path and refuses another shape', () => {
  const files = { 'b.ts': { mutants: [mutant('Killed')] }, 'a.ts': { mutants: [], language: 'typescript' } }
  expect(parseReport(JSON.stringify({ files })).map(({ path }) => path)).toEqual(['a.ts', 'b.ts'])
  expect(() => parseReport('{"files":[]}')).toThrow(MutationReportError)
})

test('mutationPage() gives each justified line its reason and shows each survivor', () => {
  const page = mutationPage(FILES)
  expect(page).toContain('| evidence/b.ts:3 | 2 BlockStatement, EqualityOperator | the same |')
  expect(page).toContain('| evidence/a.ts:3 | EqualityOperator | `a \\| b` |')
  expect(page).toContain('| all | 3 | 1 | 1 | 2 | 60.00 % |')
})
