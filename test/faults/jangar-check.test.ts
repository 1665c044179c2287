import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { packagedNodePath } from '@torghut/local-stack'
import { afterEach, expect, test } from 'vitest'

import { cleanEnvironment, torghutBin } from '../support/running-stack.ts'
import { startSimulatorProcess } from './support/simulator-process.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close()
})

test.each([
  ['R1', 'gpt-5.3-codex-spark'],
  ['R2', 'gpt-5.3-codex-spark'],
  ['R3', 'gpt-5.6-sol'],
])('torghut jangar check finds that %s keeps the contract, and knows it', async (revision, model) => {
  const url = await simulate('--revision', revision)
  const { code, stdout, stderr } = await check(['--url', url, '--model', model, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const result = JSON.parse(stdout) as { rows: { passed: boolean }[] }
  expect(result).toMatchObject({ url, revision, passed: true })
  expect(result.rows.length).toBeGreaterThanOrEqual(11)
})

test('torghut jangar check prints what was asked, what came back, pass or fail, and the revision', async () => {
  const { code, stdout } = await check(['--url', `${await simulate()}/openai/v1`])
  expect(code).toBe(0)
  const told = ['asked', 'expected', 'came', 'an unknown model', 'model_not_found', 'ok', 'looks like revision R2']
  for (const words of told) expect(stdout).toContain(words)
})

test('torghut jangar check answers no when the pinned model is gone', async () => {
  const { code, stdout } = await check(['--url', await simulate('--revision', 'R3'), '--json'])
  expect(code).toBe(1)
  const { rows } = JSON.parse(stdout) as { rows: { asked: string; passed: boolean }[] }
  const failed = rows.filter(({ passed }) => !passed)
  expect(failed.map(({ asked }) => asked)).toEqual([
    'GET the list of models',
    'a stream, with usage and without plans',
    'no stream, and members it does not know',
    'a completion, as a review asks for one',
  ])
})

test('torghut jangar check answers no to a gateway that breaks its streams', async () => {
  const url = await simulate('--fault-share', '1', '--fault-kinds', 'interrupted,error_frame,cut')
  const { code, stdout } = await check(['--url', url, '--json'])
  expect(code).toBe(1)
  expect(stdout).toContain('"passed":false')
})

test('torghut jangar check answers no to a server that is no gateway, and never shows the key', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<b>Sign in, sk-secret</b>')
  })
  const { code, stdout } = await check(['--url', url, '--json'], { JANGAR_API_KEY: 'sk-secret' })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ revision: null, passed: false })
  expect(stdout).not.toContain('sk-secret')
})

test('torghut jangar check sends the key it was given and waits no longer than it was told', async () => {
  const keys: (string | undefined)[] = []
  const url = await serve((request, response) => {
    keys.push(request.headers.authorization)
    if (request.method === 'GET') response.writeHead(200).end('{}')
  })
  const { code, stdout } = await check(['--url', url, '--timeout-ms', '100', '--json'], { JANGAR_API_KEY: 'sk-secret' })
  expect(code).toBe(1)
  expect(stdout).toContain('no end within 100 ms')
  expect(new Set(keys)).toEqual(new Set(['Bearer sk-secret']))
})

test.each<[string, string[]]>([
  ['nobody answers', ['--url', 'http://127.0.0.1:1']],
  ['the address is none', ['--url', 'gateway']],
  ['there is no address', []],
  ['the wait is no number of milliseconds', ['--url', 'http://127.0.0.1:1', '--timeout-ms', '0']],
])('torghut jangar check says in one line that %s, with code 2', async (_, args) => {
  const { code, stdout, stderr } = await check(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^torghut: [^\n]+\n$/)
})

async function simulate(...args: string[]): Promise<string> {
  const simulator = await startSimulatorProcess(...args)
  opened.push({ close: () => simulator.stop() })
  return simulator.url
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  opened.push({ close: () => server.closeAllConnections() }, { close: () => server.close() })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function check(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(packagedNodePath(), [torghutBin, 'jangar', 'check', ...args], {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}
