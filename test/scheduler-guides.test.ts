import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { packagedNodePath } from '@torghut/local-stack'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { cleanEnvironment, removeFolder, startStack, temporaryFolder } from './support/running-stack.ts'
import type { RunningStack } from './support/running-stack.ts'

const workspace = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** The code of a guide as a reader would save it. */
function codeOf(guide: string, language: string): string {
  const text = readFileSync(workspace(`docs/guides/${guide}`), 'utf8')
  return new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? ''
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'], { stdio: 'ignore' })
    return true
  } catch {
    process.stdout.write('python3 3.9 or later is not here: the tests of the Python guide are skipped\n')
    return false
  }
}

const pythonTest = test.skipIf(!hasPython())
const folder = temporaryFolder()
let stack: RunningStack
beforeAll(async () => {
  writeFileSync(join(folder, 'scheduler.py'), codeOf('scheduler-in-python.md', 'python'))
  writeFileSync(join(folder, 'scheduler.ts'), codeOf('scheduler-in-typescript.md', 'ts'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  symlinkSync(workspace('node_modules'), join(folder, 'node_modules'), 'junction')
  stack = await startStack()
})
afterAll(async () => {
  await stack.stop()
  removeFolder(folder)
})

interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** Runs a scheduler to its end. */
function run(command: string, args: string[], env: Record<string, string>): Promise<Ran> {
  const options = { env: { ...cleanEnvironment(), ...env }, timeout: 25_000 }
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr })
    })
  })
}

const runPython = (url: string, env: Record<string, string> = {}) =>
  run('python3', [join(folder, 'scheduler.py')], { TORGHUT_URL: url, ...env })

interface Heard {
  id: string
  body: string
  deadlineMs: number
}

/** What a made-up server does with a call: cuts the line, stays silent, or answers. */
type Reply = 'cut' | 'silent' | { status: number; body: string }

/** A server that treats calls as told, one after another, and remembers what it heard. */
async function scriptedServer(replies: Reply[]) {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const { trade_decision_id: id } = JSON.parse(body) as { trade_decision_id: string }
      heard.push({ id, body, deadlineMs: Number(request.headers['x-deadline-ms']) })
      const reply = replies[heard.length - 1] ?? 'cut'
      if (reply === 'cut') request.socket.destroy()
      else if (reply !== 'silent') response.writeHead(reply.status).end(reply.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const order = { qty: '5', order_type: 'limit', limit_price: '182.40', stop_price: null }
const adjusted: Reply = { status: 200, body: JSON.stringify({ verdict: 'adjust', reason: null, decision: order }) }

function refusal(status: number, code: string): Reply {
  return { status, body: JSON.stringify({ status, code, detail: `Because of ${code}` }) }
}

pythonTest('the Python scheduler gets a verdict of the running API', async () => {
  const ran = await runPython(stack.api)
  expect(ran.stderr).toBe('')
  const printed = JSON.parse(ran.stdout) as { verdict: string; decision: { qty: string } | null }
  expect(['approve', 'veto', 'adjust']).toContain(printed.verdict)
  expect(printed.decision === null).toBe(printed.verdict === 'veto')
  const { items } = (await (await fetch(`${stack.api}/v1/reviews?symbol=NVDA`)).json()) as { items: object[] }
  expect(items).toMatchObject([{ ...printed, fallback: null }])
})

pythonTest('the Python scheduler posts the same bytes again when the line was cut, and takes that answer', async () => {
  await using server = await scriptedServer(['cut', adjusted])
  const ran = await runPython(server.url)
  expect(JSON.parse(ran.stdout)).toEqual({ verdict: 'adjust', reason: null, decision: order })
  expect(server.heard).toHaveLength(2)
  expect(server.heard[1]).toEqual(server.heard[0])
})

pythonTest('the Python scheduler takes silence as a veto, and asks for an answer before it stops waiting', async () => {
  await using server = await scriptedServer(['silent', 'silent'])
  const ran = await runPython(server.url, { TORGHUT_DEADLINE_SECONDS: '1' })
  expect(JSON.parse(ran.stdout)).toMatchObject({ verdict: 'veto', decision: null })
  expect(server.heard.map(({ deadlineMs }) => deadlineMs)).toEqual([400, 400])
})

pythonTest.each([
  ['nothing can be recorded', refusal(503, 'nothing_recorded'), 'nothing_recorded'],
  ['the server failed', refusal(500, 'internal'), 'internal'],
  ['too much was asked', refusal(429, 'rate_limited'), 'rate_limited'],
  ['something in between speaks', { status: 502, body: '<h1>Bad gateway</h1>' } satisfies Reply, 'status 502'],
])('the Python scheduler takes it as a veto when %s', async (_what, reply, reason) => {
  await using server = await scriptedServer([reply])
  const ran = await runPython(server.url)
  expect(JSON.parse(ran.stdout)).toEqual({ verdict: 'veto', reason, decision: null })
  expect(server.heard).toHaveLength(1)
})

pythonTest('the Python scheduler decides anew, under another id, when the verdict had expired', async () => {
  await using server = await scriptedServer([refusal(409, 'verdict_expired'), adjusted])
  const ran = await runPython(server.url)
  expect(JSON.parse(ran.stdout)).toMatchObject({ verdict: 'adjust' })
  expect(new Set(server.heard.map(({ id }) => id)).size).toBe(2)
})

pythonTest.each([
  [409, 'key_reused'],
  [422, 'mode_mismatch'],
  [401, 'unauthenticated'],
])('the Python scheduler stops for a person at %d %s', async (status, code) => {
  await using server = await scriptedServer([refusal(status, code)])
  const ran = await runPython(server.url)
  expect(ran).toMatchObject({ code: 1, stdout: '', stderr: `scheduler: ${status} ${code}: Because of ${code}\n` })
  expect(server.heard).toHaveLength(1)
})

test('the TypeScript scheduler gets an order or none of the running API', async () => {
  const ran = await run(packagedNodePath(), [join(folder, 'scheduler.ts')], { TORGHUT_URL: stack.api })
  expect(ran.stderr).toBe('')
  const printed: unknown = JSON.parse(ran.stdout)
  if (printed !== null) expect(printed).toMatchObject({ qty: expect.stringMatching(/^\d+$/), order_type: 'market' })
})

test('the TypeScript scheduler takes 503 as no order and stops at a refusal', async () => {
  await using server = await scriptedServer([refusal(503, 'nothing_recorded'), refusal(422, 'mode_mismatch')])
  const ask = () => run(packagedNodePath(), [join(folder, 'scheduler.ts')], { TORGHUT_URL: server.url })
  expect(await ask()).toMatchObject({ code: 0, stdout: 'null\n' })
  const refused = await ask()
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('Review refused with 422 mode_mismatch: Because of mode_mismatch')
})
