import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'

import { exampleSubmission } from '@torghut/contracts/testing'
import { afterEach, expect, test } from 'vitest'

import { leftRunning, marked, processesOf } from './support/left-running.ts'
import { getJson, postJson, removeFolder, startStack, temporaryFolder } from './support/running-stack.ts'

let folder = ''
afterEach(() => removeFolder(folder))

/** The pid of the review API that belongs to the folder's stack. */
function reviewApiPid(dataDir: string): number {
  const pid = readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry)) return false
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8')
      return /^[^\0]*node\0[^\0]*review-api\/src\/main\.ts/.test(command) && readFileSync(`/proc/${entry}/environ`, 'utf8').includes(dataDir)
    } catch {
      return false
    }
  })
  return Number(pid)
}

test.runIf(process.platform === 'linux')('torghut up leaves nothing running when it is killed with SIGKILL', async () => {
  folder = temporaryFolder()
  const stack = await startStack({ dataDir: folder, env: marked(folder) })
  expect(processesOf(folder).length).toBeGreaterThanOrEqual(4)
  process.kill(stack.process.pid, 'SIGKILL')
  expect(await leftRunning(folder)).toEqual([])
  await stack.stop()
})

test.runIf(process.platform === 'linux')('an answered review survives kill -9 of the API, and the stack says who went away', async () => {
  folder = temporaryFolder()
  const stack = await startStack({ dataDir: folder, env: marked(folder) })
  const body = { ...exampleSubmission(), trade_decision_id: randomUUID() }
  const before = await postJson(`${stack.api}/v1/reviews`, body)
  process.kill(reviewApiPid(folder), 'SIGKILL')
  const { code } = await stack.process.exited
  expect(code).toBe(2)
  expect(stack.process.stderrTail().join('\n')).toContain('review API exited with SIGKILL')
  expect(await leftRunning(folder)).toEqual([])

  const again = await startStack({ dataDir: folder, env: marked(folder) })
  const stored = await getJson(`${again.api}/v1/reviews/${String(before.body['review_id'])}`)
  expect(stored.body).toEqual(before.body)
  await again.stop()
  expect(await leftRunning(folder)).toEqual([])
})
