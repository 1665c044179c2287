import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import type { Run } from './report.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

test('bench measures a quick round of everything and says how much it counted', { timeout: 180_000 }, async () => {
  const { exitCode, stdout, stderr } = await runMain('--quick', '--json', '--date', '2026-01-02')
  expect(exitCode, stderr).toBe(0)
  const { machine, reports } = JSON.parse(stdout) as Run
  expect(machine).toMatchObject({ measuredOn: '2026-01-02', node: process.version })
  expect(reports.map(({ name, simulated, measurements }) => [name, simulated, measurements.length])).toEqual([
    ['assemble', false, 8],
    ['gates', false, 6],
    ['path', true, 24],
    ['durability', true, 6],
    ['converge', false, expect.any(Number)],
    ['graph', false, 2],
    ['audit', true, expect.any(Number)],
  ])
  const measurements = reports.flatMap((report) => report.measurements)
  const names = measurements.map(({ what }) => what)
  for (const { what, rounds, against } of measurements) {
    expect(rounds, what).toEqual([expect.any(Number)])
    if (!what.includes('added')) expect(rounds[0], what).toBeGreaterThan(0)
    if (against !== null) expect(names).toContain(against)
  }
  expect(reports[2]?.notes[0]).toMatch(/\d+ direct answers/)
  expect(reports[2]?.notes[0]).toMatch(/\d+ reviews by the program/)
})

test('bench exits 2 for a name it does not know', async () => {
  expect(await runMain('speed')).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('"speed"') })
})

async function runMain(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { exitCode, stdout, stderr }
}
