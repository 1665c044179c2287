import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { MerkleTree } from './merkle-tree.ts'

/** The definition of RFC 6962 section 2.1, word by word. */
function definedRoot(leaves: readonly Buffer[]): Buffer {
  const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  const [only] = leaves
  if (only === undefined) return sha256()
  if (leaves.length === 1) return sha256(Buffer.from([0]), only)
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return sha256(Buffer.from([1]), definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)))
}

const texts = Array.from({ length: 70 }, (_, index) => `leaf ${index}`)

function treeOf(leaves: readonly string[]): MerkleTree {
  const tree = new MerkleTree()
  leaves.forEach((leaf, index) => tree.set(index, leaf))
  return tree
}

test('MerkleTree has the root of the RFC for every count of leaves up to 70', () => {
  for (let count = 0; count <= texts.length; count += 1) {
    const leaves = texts.slice(0, count)
    expect(treeOf(leaves).root()).toBe(definedRoot(leaves.map((leaf) => Buffer.from(leaf))).toString('hex'))
  }
})

test('MerkleTree has the roots that RFC 6962 implementations publish for their test leaves', () => {
  expect(new MerkleTree().root()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(treeOf(['']).root()).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
})

test('MerkleTree with a replaced leaf is the tree that always had it', () => {
  for (const count of [1, 2, 3, 7, 8, 9, 33]) {
    for (let index = 0; index < count; index += 1) {
      const tree = treeOf(texts.slice(0, count))
      tree.set(index, 'other')
      expect(tree.root()).toBe(treeOf(texts.slice(0, count).with(index, 'other')).root())
    }
  }
})

test('MerkleTree refuses a leaf behind a hole', () => {
  expect(() => treeOf(texts.slice(0, 3)).set(4, 'x')).toThrow(RangeError)
})
