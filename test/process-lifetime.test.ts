import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { exampleSubmission } from '@torghut/contracts/testing'
import { afterEach, expect, test } from 'vitest'

import { getJson, postJson, removeFolder, startStack, temporaryFolder } from './support/running-stack.ts'

let folder = ''
afterEach(() => removeFolder(folder))

/** Processes whose command line or working directory names the folder. */
function processesOf(dataDir: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .map((entry) => ({ pid: Number(entry), command: readOr(`/proc/${entry}/cmdline`).replaceAll('\u0000', ' ') }))
    .filter(({ pid, command }) => command.includes(dataDir) || readOr(`/proc/${pid}/environ`).includes(dataDir))
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

async function untilNoneLeft(dataDir: string): Promise<{ pid: number; command: string }[]> {
  for (let look = 0; look < 100 && processesOf(dataDir).length > 0; look += 1) await sleep(100)
  return processesOf(dataDir)
}

function pidsMatching(dataDir: string, pattern: RegExp): number[] {
  return processesOf(dataDir)
    .filter(({ command }) => pattern.test(command))
    .map(({ pid }) => pid)
}

/** The marker every process of the stack inherits, so that a leftover can be found whatever it calls itself. */
const marked = (dataDir: string) => ({ TORGHUT_TEST_MARK: dataDir })

test.runIf(process.platform === 'linux')('torghut up leaves nothing running when it is killed with SIGKILL', async () => {
  folder = temporaryFolder()
  const stack = await startStack({ dataDir: folder, env: marked(folder) })
  expect(processesOf(folder).length).toBeGreaterThanOrEqual(4)
  process.kill(stack.process.pid, 'SIGKILL')
  expect(await untilNoneLeft(folder)).toEqual([])
  await stack.stop()
})

test.runIf(process.platform === 'linux')('an answered review survives kill -9 of the API, and the stack says who went away', async () => {
  folder = temporaryFolder()
  const stack = await startStack({ dataDir: folder, env: marked(folder) })
  const body = { ...exampleSubmission(), trade_decision_id: randomUUID() }
  const before = await postJson(`${stack.api}/v1/reviews`, body)
  const [apiPid] = pidsMatching(folder, /review-api\/src\/main\.ts/)
  process.kill(apiPid!, 'SIGKILL')
  const { code } = await stack.process.exited
  expect(code).toBe(2)
  expect(stack.process.stderrTail().join('\n')).toContain('review API exited with SIGKILL')
  expect(await untilNoneLeft(folder)).toEqual([])

  const again = await startStack({ dataDir: folder, env: marked(folder) })
  const stored = await getJson(`${again.api}/v1/reviews/${String(before.body['review_id'])}`)
  expect(stored.body).toEqual(before.body)
  await again.stop()
  expect(await untilNoneLeft(folder)).toEqual([])
})
