import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { PathUnreachableError } from '../errors.ts'
import { spawnKept } from '../kept-process.ts'
import { findBinaries, programsIn, reachableNative } from './binaries.ts'

const asRoot = process.getuid?.() === 0
const nobody = { uid: 65534, gid: 65534 }

/** A second installation; each test closes or opens the directory around it. */
let place: string
let native: string

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'torghut-closed-'))
  const root = dirname(await findBinaries())
  native = join(place, basename(root), 'native')
  if (asRoot) await cp(root, dirname(native), { recursive: true, verbatimSymlinks: true })
})

beforeEach(() => chmod(place, 0o700))

afterAll(() => rm(place, { recursive: true }))

async function versionOf(native: string): Promise<{ code: number | null; lines: string[] }> {
  const lines: string[] = []
  const onStdoutLine = (line: string) => lines.push(line)
  const command = programsIn(native).postgres
  const run = spawnKept({ name: 'postgres', command, args: ['--version'], ...nobody, onStdoutLine })
  return { code: (await run.exited).code, lines }
}

test('findBinaries() finds programs of PostgreSQL 18', async () => {
  const { initdb, postgres } = programsIn(await findBinaries())
  expect((await stat(initdb)).isFile()).toBe(true)
  expect((await stat(postgres)).isFile()).toBe(true)
})

test('reachableNative() leaves the installation alone when the server runs under our own account', async () => {
  expect(await reachableNative('/anywhere', undefined)).toBe('/anywhere')
})

test.runIf(asRoot)('reachableNative() copies an installation below a closed directory once, and it runs', async () => {
  expect((await versionOf(native)).code).toBe(126)
  const sharedDir = join(await openDirectory(), 'shared')
  const [first, second] = await Promise.all([1, 2].map(() => reachableNative(native, nobody, sharedDir)))
  expect(first).toBe(second)
  expect(await versionOf(first!)).toEqual({ code: 0, lines: [expect.stringContaining('PostgreSQL) 18.')] })
  expect(await readdir(sharedDir)).toEqual([basename(first!)])
  await chmod(place, 0o755)
  expect(await reachableNative(native, nobody, sharedDir)).toBe(native)
})

test.runIf(asRoot)('reachableNative() copies an installation that was unpacked for its owner only', async () => {
  await chmod(place, 0o755)
  const script = join('share', 'postgresql', 'postgres.bki')
  await chmod(join(native, script), 0o600)
  const copy = await reachableNative(native, nobody, join(await openDirectory(), 'shared'))
  await chmod(join(native, script), 0o644)
  expect(copy).not.toBe(native)
  expect((await stat(join(copy, script))).mode & 0o777).toBe(0o644)
})

test.runIf(asRoot)('reachableNative() refuses a shared directory that others may write', async () => {
  const sharedDir = join(await openDirectory(), 'shared')
  await mkdir(sharedDir)
  await chmod(sharedDir, 0o777)
  await expect(reachableNative(native, nobody, sharedDir)).rejects.toThrow(PathUnreachableError)
})

async function openDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'torghut-open-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  await chmod(dir, 0o755)
  return dir
}
