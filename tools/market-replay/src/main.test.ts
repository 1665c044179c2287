import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

import type { DeskApi } from './testing/desk-api.ts'
import { startDeskApi } from './testing/desk-api.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

let api: DeskApi | undefined
afterEach(async () => {
  await api?.close()
  api = undefined
})

test('market-replay writes progress lines and one summary', async () => {
  api = await startDeskApi()
  const ended = await runMain(['--api', api.url, '--from', '2007-01-01', '--to', '2009-12-31'])
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
  const lines = ended.stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  const summary = lines.pop()!
  expect(lines.length).toBeGreaterThan(2)
  expect(lines.every((line) => line['type'] === 'progress')).toBe(true)
  expect(lines[0]).toMatchObject({ done: 25 })
  expect(summary).toMatchObject({
    type: 'summary',
    simulated: true,
    unavailable: 0,
    exits_not_skipped: 0,
    desk: { agreement: 1, veto_alignment: 1, false_veto: 0 },
  })
  const { decisions, entries, exits } = summary as { decisions: number; entries: number; exits: number }
  expect(decisions).toBe(entries + exits)
  expect(api.posted.filter(({ path }) => path === '/v1/reviews')).toHaveLength(decisions)
})

test('market-replay exits 1 and prints the problem when the API refuses', async () => {
  api = await startDeskApi(() => ({ status: 422, body: { code: 'mode_mismatch' } }))
  const ended = await runMain(['--api', api.url, '--decisions', '1'])
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
  expect(ended.stderr).toContain('mode_mismatch')
})

test('market-replay exits 2 with one line on a bad flag', async () => {
  const ended = await runMain(['--api', 'nowhere'])
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ended.stderr.trim().split('\n')).toHaveLength(1)
})

async function runMain(argv: string[]) {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 25_000 })
  const exit = new Promise<number | null>((ended) => child.once('close', ended))
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { stdout, stderr, exitCode }
}
