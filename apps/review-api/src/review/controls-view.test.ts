import type { Store } from '@torghut/artifact-store'
import type { RuntimeControl } from '@torghut/contracts'
import { createLogger } from '@torghut/telemetry'
import { expect, test } from 'vitest'

import { ControlsView } from './controls-view.ts'

const halt: RuntimeControl = {
  name: 'halt_new_risk',
  scope: null,
  value: true,
  actor: 'ops',
  reason: 'drill',
  set_at: '2026-02-27T15:00:00.000Z',
  expires_at: null,
}

function viewAt(now: { ms: number }) {
  return new ControlsView({ now: () => new Date('2026-02-27T15:31:00Z'), monotonicMs: () => now.ms })
}

test('snapshot() has no age before anything was read', () => {
  expect(viewAt({ ms: 5 }).snapshot()).toEqual({ asOf: '2026-02-27T15:31:00.000Z', ageMs: null, controls: [] })
  expect(viewAt({ ms: 5 }).complaint()).toBeNull()
})

test('snapshot() holds the last reading and grows older with it, also after reading stopped', async () => {
  const now = { ms: 1_000 }
  const lines: string[] = []
  const logger = createLogger({ name: 'test', level: 'info', destination: { write: (line) => void lines.push(line) } })
  const view = viewAt(now)
  let options: Parameters<Store['watchControls']>[0] | null = null
  await view.follow({ watchControls: async (given) => void (options = given) }, logger)
  options!.onRead([halt], 900)
  expect(view.snapshot()).toMatchObject({ ageMs: 100, controls: [halt] })
  expect(view.complaint()).toBeNull()
  options!.onLost(new Error('gone'))
  now.ms = 20_900.4
  expect(view.snapshot()).toMatchObject({ ageMs: 20_000, controls: [halt] })
  expect(view.complaint()).toMatch(/^controls were last read 20 s ago/)
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['Controls cannot be read; trying again'])
  options!.onRead([], 20_800)
  expect(view.snapshot()).toMatchObject({ ageMs: 100, controls: [] })
})

test('follow() resolves with the first reading and not before', async () => {
  const reading = Promise.withResolvers<never>()
  const view = viewAt({ ms: 5 })
  const logger = createLogger({ name: 'test', level: 'silent' })
  const following = view.follow({ watchControls: () => reading.promise }, logger).then(() => 'followed')
  expect(await Promise.race([following, new Promise((resolve) => setTimeout(resolve, 20, 'waiting'))])).toBe('waiting')
  reading.resolve(undefined as never)
  expect(await following).toBe('followed')
})
