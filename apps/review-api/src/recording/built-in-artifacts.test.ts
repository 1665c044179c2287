import { StoreUnavailableError } from '@torghut/artifact-store'
import { PROGRAM_KIND, canonicalJson, hashJson } from '@torghut/contracts'
import { BOOTSTRAP_ARTIFACT, seedArtifact } from '@torghut/programs'
import { expect, test } from 'vitest'

import { artifactSource } from './built-in-artifacts.ts'

const away = () => {
  throw new StoreUnavailableError('db', 'ECONNREFUSED')
}
const named = (artifactHash: string) => ({ kind: PROGRAM_KIND, programName: 'p', artifactHash })

test('findOptionalArtifact() has what comes with the code also without a database', async () => {
  const source = artifactSource(away, 'm')
  for (const artifact of [BOOTSTRAP_ARTIFACT, seedArtifact('m')]) {
    expect((await source.findOptionalArtifact(named(hashJson(artifact))))?.toString()).toBe(canonicalJson(artifact))
  }
})

test('findOptionalArtifact() of any other one is absent while the database is, and found when it is there', async () => {
  const hash = hashJson('another')
  expect(await artifactSource(away, 'm').findOptionalArtifact(named(hash))).toBeUndefined()
  const store = () => ({ findOptionalArtifact: () => Promise.resolve(Buffer.from('{}')) })
  expect(await artifactSource(store, 'm').findOptionalArtifact(named(hash))).toEqual(Buffer.from('{}'))
  const broken = () => ({ findOptionalArtifact: () => Promise.reject(new TypeError('ours')) })
  await expect(artifactSource(broken, 'm').findOptionalArtifact(named(hash))).rejects.toThrow('ours')
})
