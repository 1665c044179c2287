import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { readSigningKey } from '@torghut/audit'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { localCheckpointKey } from './checkpoint-key.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'torghut-key-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('localCheckpointKey() makes a key that signs, which nobody else may read', async () => {
  const path = await localCheckpointKey(folder)
  expect(readSigningKey(readFileSync(path, 'utf8')).keyId).toMatch(/^[0-9a-f]{64}$/)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700)
})

test('localCheckpointKey() keeps the key that is there, also one it did not make', async () => {
  const path = await localCheckpointKey(folder)
  writeFileSync(path, 'mine')
  expect(await localCheckpointKey(folder)).toBe(path)
  expect(readFileSync(path, 'utf8')).toBe('mine')
})

test('localCheckpointKey() says where it could not write', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  await expect(localCheckpointKey(file)).rejects.toThrow(/Cannot write a checkpoint key to .*file.*ENOTDIR/)
})
