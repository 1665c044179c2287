import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { hashCoveredSources } from './covered-sources.ts'
import type { Proof } from './registry.ts'
import { proofs } from './registry.ts'
import { saveResult } from './result-file.ts'
import { createFixtureRoot, writeSource } from './testing/fixture-root.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

let root: string
beforeAll(() => {
  root = createFixtureRoot()
  for (const { test: file, covers } of proofs) {
    for (const glob of [file, ...covers].flatMap(withoutBraces)) {
      writeSource(root, glob.replaceAll('**/', '').replaceAll('*', 'some'), '\n')
    }
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('proof lists proofs, checks them, and exits 0, 1 or 2', async () => {
  expect(await run()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('missing') })
  expect(await run('--check')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('missing') })
  for (const proof of proofs) saveResult(root, resultOf(proof))
  const current = expect.stringContaining('current, proved 2026-11-20')
  expect(await run('--check')).toMatchObject({ exitCode: 0, stdout: current })
  writeSource(root, proofs[0]!.test, 'changed\n')
  expect(await run('--check')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('STALE') })
  expect(await run()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('STALE') })
  const oneLine = expect.stringMatching(/^proof: Cannot find[^\n]+\n$/)
  expect(await run('nonsense')).toMatchObject({ exitCode: 2, stderr: oneLine })
})

/** `a/{b,c}/d` as `a/b/d` and `a/c/d`. */
function withoutBraces(glob: string): string[] {
  const [braces, inside] = /\{([^{}]*)\}/.exec(glob) ?? []
  if (braces === undefined || inside === undefined) return [glob]
  return inside.split(',').flatMap((choice) => withoutBraces(glob.replace(braces, choice)))
}

function resultOf(proof: Proof) {
  return {
    proof: proof.name,
    claim: proof.claim,
    command: 'vitest run',
    proved_at: '2026-11-20T12:00:00Z',
    node: '24.0.0',
    duration_seconds: 1,
    sources: { ...hashCoveredSources(root, proof), covers: [...proof.covers] },
    parts: proof.parts.map((part) => ({ ...part, passed_tests: 1, duration_seconds: 1, figures: {} })),
  }
}

async function run(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return await new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: root, timeout: 25_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}
