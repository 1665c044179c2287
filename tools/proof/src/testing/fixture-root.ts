import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Proof } from '../registry.ts'

/** A proof of two parts over two source files. */
export const sampleProof: Proof = {
  name: 'sample',
  claim: 'Both parts hold',
  test: 'test/sample.test.ts',
  covers: ['libs/*/src/**/*.ts', 'libs/one/package.json'],
  expectedMinutes: 1,
  parts: [
    { name: 'first', settings: { SAMPLE_COUNT: 10 } },
    { name: 'second', settings: { SAMPLE_COUNT: 20 } },
  ],
}

/** A folder with what the sample proof covers, what it does not, and the packages of the workspace. */
export function createFixtureRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'torghut-proof-fixture-'))
  writeSource(root, 'libs/one/src/index.ts', 'export const one = 1\n')
  writeSource(root, 'libs/one/src/index.test.ts', 'a unit test\n')
  writeSource(root, 'libs/one/package.json', '{}\n')
  writeSource(root, 'libs/two/src/deep/two.ts', 'export const two = 2\n')
  writeSource(root, 'libs/two/README.md', 'two\n')
  writeSource(root, 'test/sample.test.ts', SAMPLE_TEST)
  symlinkSync(fileURLToPath(new URL('../../../../node_modules', import.meta.url)), join(root, 'node_modules'))
  return root
}

export function writeSource(root: string, path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

/** Passes with the settings of its part, and says what it counted. */
export const SAMPLE_TEST = `import { expect, test } from 'vitest'

test('counts', ({ task }) => {
  const count = Number(process.env['SAMPLE_COUNT'])
  expect(count).toBeGreaterThan(0)
  Object.assign(task.meta, { figures: { counted: count } })
})
`
