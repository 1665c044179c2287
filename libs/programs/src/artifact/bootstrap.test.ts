import { expect, test } from 'vitest'

import { BootstrapArtifact, hashJson, legacyHash } from '@torghut/contracts'

import { BOOTSTRAP_ARTIFACT, BOOTSTRAP_HASH } from './bootstrap.ts'

test('BOOTSTRAP_HASH is the hash of BOOTSTRAP_ARTIFACT, by our rule and by the one it was published under', () => {
  expect(BootstrapArtifact.parse(BOOTSTRAP_ARTIFACT)).toEqual(BOOTSTRAP_ARTIFACT)
  expect(hashJson(BOOTSTRAP_ARTIFACT)).toBe(BOOTSTRAP_HASH)
  expect(legacyHash(BOOTSTRAP_ARTIFACT)).toBe(BOOTSTRAP_HASH)
  expect(BOOTSTRAP_HASH).toBe('df087a5e643d6478b1ebe51bf44ad2d0e2228825c1c0a8e9dc345729d6a3bbff')
})
