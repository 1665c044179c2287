import { expect, test } from 'vitest'

import { canonicalJson, hashJson } from './canonical-json.ts'
import { legacyCompileHashes } from './legacy-hashes.ts'

test('canonicalJson() sorts keys, keeps numbers in their shortest form and refuses what JSON cannot hold', () => {
  expect(canonicalJson({ b: 1.0, a: [1e21, 1e-7, -0], é: 'ü' })).toBe('{"a":[1e+21,1e-7,0],"b":1,"é":"ü"}')
  expect(() => canonicalJson({ a: Number.NaN })).toThrow()
  expect(() => canonicalJson('\ud800')).toThrow()
  expect(() => canonicalJson(undefined)).toThrow(TypeError)
})

test('hashJson() gives the bootstrap artifact its published name', () => {
  const bootstrap = {
    schema_version: 'torghut.dspy.runtime-artifact.v1',
    program_name: 'trade-review-committee-v1',
    signature_version: 'v1',
    executor: 'heuristic',
    compiled_prompt: { promptTemplate: 'torghut.dspy.trade-review.v1', runtime: 'deterministic_heuristic_scaffold' },
  }
  expect(hashJson(bootstrap)).toBe('df087a5e643d6478b1ebe51bf44ad2d0e2228825c1c0a8e9dc345729d6a3bbff')
})

test('legacyCompileHashes() meets the four published chained hashes', () => {
  const hashes = legacyCompileHashes({
    programName: 'trade-review-committee-v1',
    signatureVersions: { trade_review: 'v1' },
    optimizer: 'miprov2',
    dataset: { rows: [{ a: 1 }, { a: 2 }] },
    compiledPrompt: { prompt: 'json-only advisory policy' },
    metricBundle: { schema_valid_rate: 0.999 },
    compiledArtifactUri: 's3://torghut-dspy/compile/result.json',
    seed: 'seed-42',
  })
  expect(hashes).toEqual({
    datasetHash: '47797c5fa44a8c4ee7c60a4d6b1d87325dc2a726a744ef2d1bba27921bc99305',
    compiledPromptHash: '085e5cf3b1caeaf34ce93794b4b47658a742d0ab1577ed851d8d1e87d3abb7cf',
    reproducibilityHash: '61d86851df65bbdef45fe93b2eaf42ba0668fc920e0ca09b99992753e297a984',
    artifactHash: '1e7ad1a486a0e3e39aea23708f65df2cbb89f643e68b4a5847e0fe47bdbcabef',
  })
})
