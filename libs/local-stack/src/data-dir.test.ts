import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { explainDiskFull, freeBytes, makeDataDir, nearestExisting } from './data-dir.ts'
import {
  DataDirInUseError,
  DataDirNotWritableError,
  DiskFullError,
  PathUnreachableError,
  PostgresSetupError,
} from './errors.ts'

let place: string
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'torghut-data-'))
})
afterAll(() => rm(place, { recursive: true }))

test('makeDataDir() makes a directory with everything above it, and does not mind one that is there', async () => {
  const dir = join(place, 'a', 'b')
  expect(await makeDataDir(dir)).toBe(await makeDataDir(dir))
  expect(await nearestExisting(join(dir, 'c', 'd'))).toBe(dir)
})

test('makeDataDir() names what stands in its way', async () => {
  await writeFile(join(place, 'file'), '')
  const refused = await makeDataDir(join(place, 'file', 'data')).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(DataDirNotWritableError)
  expect((refused as Error).message).toContain('(ENOTDIR)')
})

test('freeBytes() measures the disk a path would be on', async () => {
  expect(await freeBytes(join(place, 'not', 'there'))).toBeGreaterThan(0)
})

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

test.each([
  ['an error of the system', full],
  ['one that is wrapped', new DataDirNotWritableError('/data', full)],
  ['a spent quota', Object.assign(new Error('EDQUOT'), { code: 'EDQUOT' })],
  ['the words of PostgreSQL', new PostgresSetupError('x', ['FATAL:  could not extend file: No space left on device'])],
])('explainDiskFull() recognises a full disk in %s', async (_what, failure) => {
  const explained = await explainDiskFull(failure, place)
  expect(explained).toBeInstanceOf(DiskFullError)
  expect(explained).toMatchObject({ dataDir: place, cause: failure })
})

test('explainDiskFull() leaves every other failure as it is', async () => {
  await mkdir(join(place, 'other'))
  const elsewhere = new PathUnreachableError('/shared', 1, 'x', full)
  for (const failure of [new DataDirInUseError(place, 7), new PostgresSetupError('odd', []), elsewhere, 'text']) {
    expect(await explainDiskFull(failure, place)).toBe(failure)
  }
})
