import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { exampleSubmission } from '@torghut/contracts/testing'
import { freePort } from '@torghut/local-stack'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'

import { completeEnvironment } from './support/complete-environment.ts'
import { leftRunning, marked } from './support/left-running.ts'
import { startReviewApi, startSimulator, startTorghut } from './support/run-torghut.ts'
import type { Running } from './support/run-torghut.ts'
import { getJson, postJson, removeFolder, startStack, temporaryFolder } from './support/running-stack.ts'
import { canMount, mountSmallDisk } from './support/small-disk.ts'

// Whole stacks start here, several in some tests, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const onLinux = process.platform === 'linux'
const asRoot = process.getuid?.() === 0
if (!canMount) process.stdout.write('bad-days: mounting is not allowed here, tests of full disks are skipped\n')

let folder = ''
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => removeFolder(folder))

const up = (...args: string[]): Running =>
  startTorghut({ args: ['up', '--port', '0', '--data-dir', folder, ...args], env: marked(folder) })

/** What every refused start looks like: exit code 2 and one line that says what to do. */
async function expectRefusal(command: Running, line: RegExp): Promise<void> {
  const { code, stderr } = await command.result
  expect(stderr).toEqual([expect.stringMatching(line)])
  expect(stderr[0]).not.toMatch(/\n|   at |node:internal/)
  expect(code).toBe(2)
}

const decision = () => ({ ...exampleSubmission(), trade_decision_id: randomUUID() })

test('torghut up refuses a taken port before it starts anything, also when an API seems to answer there', async () => {
  const other = createServer((_request, response) => response.end('{"status":"ready","reasons":[]}')).listen(
    0,
    '127.0.0.1',
  )
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  const command = startTorghut({
    args: ['up', '--port', String(port), '--data-dir', folder],
    env: marked(folder),
  })
  await expectRefusal(
    command,
    new RegExp(`^torghut: Port ${port} is taken by another process: choose one with --port`),
  )
  expect(readdirSync(folder)).toEqual([])
  expect((await getJson(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
})

test('review-api refuses a taken port in one line', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  const command = startReviewApi({
    ...completeEnvironment,
    DATABASE_URL: 'postgres://127.0.0.1:9/torghut',
    PORT: String(port),
  })
  await expectRefusal(
    command,
    /^review-api: .*EADDRINUSE.*another process uses the port; set PORT to a free one$/,
  )
})

test.runIf(canMount)('torghut up says that the disk is full, and starts once there is room', async () => {
  const disk = mountSmallDisk(20)!
  onTestFinished(() => disk.remove())
  const onDisk = () =>
    startTorghut({ args: ['up', '--port', '0', '--data-dir', join(disk.path, 'data')], env: marked(folder) })
  const full = /^torghut: Disk of ".*" is full \(\d+ MiB free\): make room .*, or choose another one$/
  await expectRefusal(onDisk(), full)
  disk.resize(400)
  await stopWhenReady(onDisk())
  disk.fill()
  await expectRefusal(onDisk(), full)
  disk.makeRoom()
  await stopWhenReady(onDisk())
  expect(await leftRunning(folder)).toEqual([])
})

async function stopWhenReady(command: Running): Promise<void> {
  await command.line('review API   http://')
  await command.process.stop()
  expect((await command.result).code).toBe(0)
}

test('torghut up and demo refuse a data directory below a file', async () => {
  writeFileSync(join(folder, 'file'), '')
  for (const name of ['up', 'demo']) {
    const command = startTorghut({
      args: [name, '--data-dir', join(folder, 'file', 'data')],
      env: { PORT: '0' },
    })
    await expectRefusal(
      command,
      /^torghut: Cannot write to data directory ".*" \(ENOTDIR\): check its owner, or choose another one$/,
    )
  }
})

test.runIf(canMount || !asRoot)('torghut up refuses a data directory it may not write', async () => {
  const disk = asRoot ? mountSmallDisk(1) : null
  onTestFinished(() => disk?.remove())
  disk?.setReadOnly()
  const closed = disk?.path ?? join(folder, 'closed')
  if (disk === null) mkdirSync(closed, { mode: 0o500 })
  const command = startTorghut({ args: ['up', '--port', '0', '--data-dir', join(closed, 'data')] })
  await expectRefusal(
    command,
    /^torghut: Cannot write to data directory ".*" \((EROFS|EACCES)\): check its owner/,
  )
})

test.runIf(onLinux)(
  'torghut up tells when its database server dies, and starts over the pid file it left',
  async () => {
    const first = await startStack({ dataDir: folder, env: marked(folder) })
    const before = await postJson(`${first.api}/v1/reviews`, decision())
    const pidFile = join(folder, 'postgres', 'cluster', 'postmaster.pid')
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL')
    expect((await first.process.exited).code).toBe(2)
    expect(first.process.stderrTail()).toEqual([
      expect.stringMatching(/^torghut: failed: PostgreSQL exited with SIGKILL; logs are in /),
    ])
    expect(await leftRunning(folder)).toEqual([])

    // The number may by then belong to any other program: ours, which lives for the rest of the test.
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)))
    const second = await startStack({ dataDir: folder, env: marked(folder) })
    const stored = await getJson(`${second.api}/v1/reviews/${String(before.body['review_id'])}`)
    expect(stored.body).toEqual(before.body)
    await second.stop()
  },
)

test('torghut up refuses a data directory that another one uses, and leaves that one alone', async () => {
  const first = await startStack({ dataDir: folder })
  await expectRefusal(
    up(),
    /^torghut: Cannot use data directory ".*": the PostgreSQL server with pid \d+ already serves it; stop it, or /,
  )
  expect((await postJson(`${first.api}/v1/reviews`, decision())).status).toBe(200)
  await first.stop()
})

test('torghut up answers by its fallback while the gateway is away, and asks it once it is there', async () => {
  const port = await freePort()
  const stack = await startStack({ dataDir: folder, args: ['--jangar-url', `http://127.0.0.1:${port}`] })
  const alone = await postJson(`${stack.api}/v1/reviews`, decision())
  expect(alone).toMatchObject({
    status: 200,
    body: { verdict: 'veto', advice: { verdict: 'veto' }, fallback: { cause: 'gateway_refused' } },
  })
  expect((await getJson(`${stack.api}/readyz`)).status).toBe(200)

  const simulator = startSimulator(port)
  await simulator.line('"ready":true')
  const advised = await postJson(`${stack.api}/v1/reviews`, decision())
  expect(advised).toMatchObject({ status: 200, body: { fallback: null, lineage: { executor: 'dspy_live' } } })
  await stack.stop()
  await simulator.process.stop()
})

/** Moments of a first start at which a person may lose patience. */
const moments: [string, NodeJS.Signals, (command: Running) => Promise<unknown>][] = [
  [
    'while the database is made',
    'SIGTERM',
    () => untilPresent(join(folder, 'postgres'), /^cluster\.building-/),
  ],
  ['while the database is made', 'SIGINT', () => untilPresent(join(folder, 'postgres'), /^cluster\.building-/)],
  ['while the simulator starts', 'SIGTERM', (command) => command.line('starting Jangar simulator')],
  ['while the review API starts', 'SIGINT', (command) => command.line('starting review API')],
]

test.runIf(onLinux).each(moments)(
  'torghut up stopped %s by %s leaves nothing',
  async (_when, signal, moment) => {
    const command = up()
    await moment(command)
    process.kill(command.process.pid, signal)
    const { code, stdout, stderr } = await command.result
    expect(stderr).toEqual([])
    expect(stdout.at(-1)).toBe(`stopped before the stack was ready (${signal})`)
    expect(code).toBe(0)
    expect(await leftRunning(folder)).toEqual([])
    expect(readdirSync(join(folder, 'postgres')).filter((name) => name.includes('building'))).toEqual([])
  },
)

test.runIf(onLinux)('torghut demo stopped while it starts leaves nothing', async () => {
  const command = startTorghut({ args: ['demo', '--data-dir', folder], env: marked(folder) })
  await command.line('starting embedded PostgreSQL')
  process.kill(command.process.pid, 'SIGINT')
  await expectRefusal(command, /^torghut: Stopped early \(SIGINT\); nothing is left running$/)
  expect(await leftRunning(folder)).toEqual([])
})

async function untilPresent(dir: string, name: RegExp): Promise<void> {
  while (!existsSync(dir) || !readdirSync(dir).some((entry) => name.test(entry)))
    await new Promise((resolve) => setTimeout(resolve, 10))
}
