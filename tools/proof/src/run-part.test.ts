import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'

import type { PartRun } from './run-part.ts'
import { runPart } from './run-part.ts'
import { SAMPLE_TEST, createFixtureRoot, sampleProof, writeSource } from './testing/fixture-root.ts'

let root: string
beforeEach(() => {
  root = createFixtureRoot()
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const part = { name: 'first', settings: { SAMPLE_COUNT: 10 } }

async function run(content: string, overrides: Partial<PartRun> = {}) {
  writeSource(root, 'test/sample.test.ts', content)
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const options = { root, test: sampleProof.test, part, timeoutMs: 25_000, signal: new AbortController().signal, say }
  return { counts: await runPart({ ...options, ...overrides }), said: said.join('\n') }
}

test('runPart() hands settings to the test, figures back, and passes its lines on', async () => {
  const { counts, said } = await run(SAMPLE_TEST)
  expect(counts).toEqual({ passed: 1, failed: 0, notRun: 0, clean: true, figures: { counted: 10 } })
  expect(said).toContain('sample.test.ts')
})

test('runPart() counts tests that failed or did not run', async () => {
  const { counts } = await run(`${SAMPLE_TEST}
test('fails', () => expect(1).toBe(2))
test.skip('is skipped', () => undefined)
test.todo('is to do')
`)
  expect(counts).toMatchObject({ passed: 1, failed: 1, notRun: 2, clean: false })
})

test('runPart() has no counts of a file that cannot be loaded', async () => {
  const { counts } = await run('throw new Error("no tests here")\n')
  expect(counts?.passed ?? 0).toBe(0)
})

test('runPart() notices a rejection that no test waited for', async () => {
  const { counts } = await run(`${SAMPLE_TEST}
test('leaves a rejection behind', () => void Promise.reject(new Error('nobody waits')))
`)
  expect(counts).toMatchObject({ failed: 0, clean: false })
})

const ENDLESS = `import { test } from 'vitest'
test('never ends', { timeout: 600_000 }, () => new Promise(() => undefined))
`

test('runPart() ends a run that takes too long, without counts', async () => {
  expect((await run(ENDLESS, { timeoutMs: 2_000 })).counts).toBeNull()
})

test('runPart() ends a run when it is told to stop', async () => {
  expect((await run(ENDLESS, { signal: AbortSignal.timeout(1_000) })).counts).toBeNull()
})
