import { fileURLToPath } from 'node:url'

import { packagedNodePath, spawnKept } from '@torghut/local-stack'
import { expect, test } from 'vitest'

import type { Leftovers } from './support/cancel-calls.ts'
import { startSimulatorProcess } from './support/simulator-process.ts'

/** A share in CI; the proof `cancelled-calls` runs 100,000. */
const CALLS = Number(process.env['TORGHUT_CANCELLED_CALLS'] || 2_000)

const GROWTH_MAX_BYTES = 1024 * 1024

const SCRIPT = fileURLToPath(new URL('./support/cancel-calls.ts', import.meta.url))

test('cancelled calls leave no socket, no timer, no listener and no memory behind', async ({ task }) => {
  const simulator = await startSimulatorProcess('--time-scale', '0.01')
  const lines: string[] = []
  const child = spawnKept({
    name: 'cancelled calls',
    command: packagedNodePath(),
    // Compiled code that is thrown away in between would hide a leak of its size.
    args: ['--expose-gc', '--no-flush-bytecode', SCRIPT, String(CALLS), simulator.url],
    onStdoutLine: (line) => lines.push(line),
  })
  const { code } = await child.exited
  await simulator.stop()
  expect({ code, stderr: child.stderrTail() }).toEqual({ code: 0, stderr: [] })
  const left = JSON.parse(lines[0] ?? '') as Leftovers
  Object.assign(task.meta, { figures: { cancelled_calls: CALLS, heap_growth_bytes: left.growthBytes } })
  expect(left).toMatchObject({ timers: 0, listeners: 0, causes: ['gateway_timeout'] })
  expect(left.growthBytes).toBeLessThan(GROWTH_MAX_BYTES)
}, 900_000)
