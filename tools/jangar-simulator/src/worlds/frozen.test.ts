import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { hashSealed, hashSources, readFrozenWorlds } from './frozen.ts'
import { FAMILIES } from './model/families.ts'
import { findOptionalWorld } from './model/world.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

test('readFrozenWorlds() lists worlds of every family, no one twice', () => {
  const { worlds } = readFrozenWorlds()
  expect(new Set(worlds).size).toBe(worlds.length)
  const families = new Set(worlds.map((name) => findOptionalWorld(name)?.family.name))
  expect([...families]).toEqual(FAMILIES.map(({ name }) => name))
})

test('hashSources() is the frozen hash: a changed world would be another benchmark', () => {
  expect(hashSources()).toBe(readFrozenWorlds().sources_sha256)
})

test('hashSealed() depends on the salt, the names and their order', () => {
  const list = { salt: '00', worlds: ['mixed-a', 'mixed-b'] }
  const others = [
    { ...list, salt: '01' },
    { ...list, worlds: ['mixed-b', 'mixed-a'] },
    { ...list, worlds: ['mixed-a'] },
  ]
  for (const other of others) expect(hashSealed(other)).not.toBe(hashSealed(list))
})

test('worlds reveal exits 1 for a list whose hash was not published', () => {
  const folder = mkdtempSync(join(tmpdir(), 'torghut-worlds-'))
  const file = join(folder, 'sealed.json')
  writeFileSync(file, JSON.stringify({ salt: '0'.repeat(64), worlds: ['mixed-1'] }))
  const { status, stdout, stderr } = runMain('reveal', file)
  rmSync(folder, { recursive: true })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toContain('not the list')
})

test.each([[[]], [['unknown']], [['reveal']], [['difficulty', '--unknown']]])(
  'worlds exits 2 with its usage for %j',
  (args) => {
    const { status, stdout, stderr } = runMain(...args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^Usage:/)
  },
)

function runMain(...args: string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', timeout: 25_000 })
}
