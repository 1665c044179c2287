import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { hashCoveredSources } from './covered-sources.ts'
import { NothingCoveredError } from './errors.ts'
import { SAMPLE_TEST, createFixtureRoot, sampleProof, writeSource } from './testing/fixture-root.ts'

let root: string
beforeEach(() => {
  root = createFixtureRoot()
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const hash = () => hashCoveredSources(root, sampleProof).hash

test('hashCoveredSources() hashes paths, sizes and bytes in the order of the paths', () => {
  const expected = createHash('sha256')
    .update('libs/one/package.json\u00003\u0000{}\n')
    .update('libs/one/src/index.ts\u000021\u0000export const one = 1\n')
    .update('libs/two/src/deep/two.ts\u000021\u0000export const two = 2\n')
    .update(`test/sample.test.ts\u0000${Buffer.byteLength(SAMPLE_TEST)}\u0000${SAMPLE_TEST}`)
    .digest('hex')
  expect(hashCoveredSources(root, sampleProof)).toEqual({ files: 4, hash: expected })
})

test.each([
  ['a changed source', 'libs/one/src/index.ts', 'export const one = 2\n'],
  ['a new source', 'libs/two/src/three.ts', ''],
  ['a changed manifest', 'libs/one/package.json', '{ }\n'],
  ['a change of the proof itself', 'test/sample.test.ts', 'export {}\n'],
])('hashCoveredSources() changes with %s', (_what, path, content) => {
  const before = hash()
  writeSource(root, path, content)
  expect(hash()).not.toBe(before)
})

test('hashCoveredSources() changes when bytes move from one file to the next', () => {
  writeSource(root, 'libs/one/src/a.ts', 'ab')
  writeSource(root, 'libs/one/src/b.ts', 'c')
  const before = hash()
  writeSource(root, 'libs/one/src/a.ts', 'a')
  writeSource(root, 'libs/one/src/b.ts', 'bc')
  expect(hash()).not.toBe(before)
})

test.each([
  ['a unit test', 'libs/one/src/index.test.ts'],
  ['a file outside its globs', 'libs/two/README.md'],
  ['an installed package', 'libs/one/src/node_modules/a/index.ts'],
])('hashCoveredSources() stays the same with %s', (_what, path) => {
  const before = hash()
  writeSource(root, path, 'something else\n')
  expect(hash()).toBe(before)
})

test('hashCoveredSources() counts a file once that two globs match', () => {
  const twice = { ...sampleProof, covers: [...sampleProof.covers, 'libs/one/src/*.ts'] }
  expect(hashCoveredSources(root, twice)).toEqual(hashCoveredSources(root, sampleProof))
})

test('hashCoveredSources() refuses a glob without a file and a missing test', () => {
  const nothing = { ...sampleProof, covers: [...sampleProof.covers, 'libs/three/**/*.ts'] }
  expect(() => hashCoveredSources(root, nothing)).toThrow('Cannot find a file that "libs/three/**/*.ts" covers')
  rmSync(join(root, 'test'), { recursive: true })
  expect(() => hashCoveredSources(root, sampleProof)).toThrow(NothingCoveredError)
})
