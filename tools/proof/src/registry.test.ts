import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

import { hashCoveredSources } from './covered-sources.ts'
import { proofs } from './registry.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

test('every proof has a name of its own, and parts with names of their own', () => {
  const names = proofs.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { parts } of proofs) {
    expect(parts.length).toBeGreaterThan(0)
    expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length)
  }
})

test.each(proofs.map((proof) => [proof.name, proof] as const))('proof %s covers files that exist', (_name, proof) => {
  expect(hashCoveredSources(ROOT, proof).files).toBeGreaterThan(1)
})
