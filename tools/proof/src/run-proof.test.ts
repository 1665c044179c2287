import { existsSync, readFileSync, rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { ProofFailedError } from './errors.ts'
import { proofState } from './proof-state.ts'
import type { Proof } from './registry.ts'
import { resultPath } from './result-file.ts'
import type { PartRun } from './run-part.ts'
import { runProof } from './run-proof.ts'
import { createFixtureRoot, sampleProof, writeSource } from './testing/fixture-root.ts'
import type { TestCounts } from './vitest-report.ts'

let root: string
beforeEach(() => {
  root = createFixtureRoot()
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const good: TestCounts = { passed: 3, failed: 0, notRun: 0, clean: true, figures: { bodies: 7 } }

/** Runs the sample proof with parts that end as told, each after 1.5 s of a clock of its own. */
async function prove(
  answers: Record<string, TestCounts | null> = {},
  options: { proof?: Proof; during?: () => void } = {},
) {
  const ran: string[] = []
  const said: string[] = []
  const stop = new AbortController()
  let nowMs = 0
  const runPart = async ({ part, timeoutMs }: PartRun) => {
    ran.push(`${part.name} ${part.settings['SAMPLE_COUNT']} ${timeoutMs}`)
    nowMs += 1_500
    options.during?.()
    if (answers[part.name] === undefined) return good
    if (answers[part.name] === null) stop.abort()
    return answers[part.name] ?? null
  }
  const ports = {
    root,
    runPart,
    say: (line: string) => void said.push(line),
    signal: stop.signal,
    now: () => new Date('2026-11-20T12:00:00Z'),
    monotonicMs: () => nowMs,
  }
  const result = await runProof(options.proof ?? sampleProof, ports).catch((error: unknown) => error)
  return { ran, said, result }
}

test('runProof() writes what was proved, when, how and about which sources', async () => {
  const { ran, result } = await prove()
  const measured = { passed_tests: 3, duration_seconds: 1.5, figures: { bodies: 7 } }
  expect(ran).toEqual(['first 10 180000', 'second 20 180000'])
  expect(JSON.parse(readFileSync(resultPath(root, 'sample'), 'utf8'))).toEqual(result)
  expect(result).toMatchObject({
    proof: 'sample',
    claim: 'Both parts hold',
    command: 'vitest run test/sample.test.ts',
    proved_at: '2026-11-20T12:00:00.000Z',
    node: process.versions.node,
    duration_seconds: 3,
    sources: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), files: 4, covers: sampleProof.covers },
    parts: [
      { ...measured, name: 'first', settings: { SAMPLE_COUNT: 10 } },
      { ...measured, name: 'second', settings: { SAMPLE_COUNT: 20 } },
    ],
  })
  expect(proofState(root, sampleProof)).toEqual({ state: 'current', provedAt: '2026-11-20T12:00:00.000Z' })
})

test.each([
  ['a failed test', { ...good, failed: 1 }, 'failed 1 tests'],
  ['a skipped test', { ...good, notRun: 1 }, 'did not run 1 tests'],
  ['no test at all', { ...good, passed: 0 }, 'ran no test'],
  ['an error between tests', { ...good, clean: false }, 'had an error outside its tests'],
])('runProof() writes nothing for %s', async (_what, counts, problem) => {
  const { result } = await prove({ second: counts })
  expect(result).toBeInstanceOf(ProofFailedError)
  expect((result as Error).message).toContain(problem)
  expect(existsSync(resultPath(root, 'sample'))).toBe(false)
})

test('runProof() goes on where it stopped', async () => {
  const stopped = await prove({ second: null })
  const message = 'Proof "sample" was stopped in part "second"; run it again to go on there'
  expect((stopped.result as Error).message).toBe(message)
  const resumed = await prove()
  expect(resumed.ran).toEqual(['second 20 180000'])
  expect(resumed.said[0]).toBe('sample, part 1 of 2 (first): passed earlier')
  expect(resumed.result).toMatchObject({ duration_seconds: 3, parts: [{ name: 'first' }, { name: 'second' }] })
})

test('runProof() begins anew when sources have changed since it stopped', async () => {
  await prove({ second: null })
  writeSource(root, 'libs/one/src/index.ts', 'export const one = 3\n')
  expect((await prove()).ran).toHaveLength(2)
})

test('runProof() runs a part again whose counts have changed since it stopped', async () => {
  await prove({ second: null })
  const parts = sampleProof.parts.map((part) => ({ ...part, settings: { SAMPLE_COUNT: 99 } }))
  const larger = { ...sampleProof, parts }
  expect((await prove({}, { proof: larger })).ran).toEqual(['first 99 180000', 'second 99 180000'])
})

test('runProof() proves everything again once it has reached its end', async () => {
  await prove()
  expect((await prove()).ran).toHaveLength(2)
})

test('runProof() has no result when sources change while it runs', async () => {
  const { result, ran } = await prove({}, { during: () => writeSource(root, 'libs/one/src/new.ts', '') })
  expect((result as Error).message).toBe('Proof "sample" has no result: its sources changed while it ran')
  expect(ran).toHaveLength(1)
  expect(existsSync(resultPath(root, 'sample'))).toBe(false)
})

test('runProof() leaves the earlier result alone when the proof fails', async () => {
  await prove()
  const before = readFileSync(resultPath(root, 'sample'), 'utf8')
  await prove({ first: { ...good, failed: 1 } })
  expect(readFileSync(resultPath(root, 'sample'), 'utf8')).toBe(before)
})

test('proofState() is missing before the first run', () => {
  expect(proofState(root, sampleProof)).toEqual({ state: 'missing' })
})

test('proofState() is stale after a change of a covered source, and current again when it is undone', async () => {
  await prove()
  writeSource(root, 'libs/one/src/index.ts', 'export const one = 2\n')
  expect(proofState(root, sampleProof)).toMatchObject({ state: 'stale', reason: 'its sources have changed' })
  writeSource(root, 'libs/one/src/index.ts', 'export const one = 1\n')
  expect(proofState(root, sampleProof)).toMatchObject({ state: 'current' })
})

test('proofState() is stale when the registry asks for other counts', async () => {
  await prove()
  const [first, second] = sampleProof.parts as [Proof['parts'][number], Proof['parts'][number]]
  const fewer = { ...sampleProof, parts: [first] }
  const larger = { ...sampleProof, parts: [first, { ...second, settings: { SAMPLE_COUNT: 21 } }] }
  for (const changed of [fewer, larger]) {
    expect(proofState(root, changed)).toMatchObject({ state: 'stale', reason: 'its counts have changed' })
  }
})

test.each([
  ['no JSON', '{"proof":'],
  ['another shape', '{"proof":"sample"}'],
])('proofState() calls a result unreadable that is %s', (_what, content) => {
  writeSource(root, 'docs/proofs/sample.json', content)
  expect(proofState(root, sampleProof)).toMatchObject({ state: 'unreadable' })
})
