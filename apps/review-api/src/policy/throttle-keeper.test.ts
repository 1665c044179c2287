import type { GateOutcome, ReviewSubmission } from '@torghut/contracts'
import { parseReviewSubmission } from '@torghut/contracts'
import { exampleSubmission } from '@torghut/contracts/testing'
import { createLogger } from '@torghut/telemetry'
import { expect, test, vi } from 'vitest'

import { ThrottleKeeper } from './throttle-keeper.ts'

const SNAPSHOT = { asOf: '2026-02-27T15:31:02Z', ageMs: 5, controls: [] }

function submission(): ReviewSubmission {
  const parsed = parseReviewSubmission(exampleSubmission())
  if (!parsed.ok) throw new Error('sample')
  return parsed.submission
}

function denial(changes: Partial<Extract<GateOutcome, { passed: false }>> = {}) {
  const evidence = { throttled_at: null, repeats: 20, max: 20 }
  return { outcomes: [{ gate: 'repeated-execution', passed: false as const, code: 'repeated_execution', evidence, ...changes }] }
}

function keeperOver(putControl: (setting: unknown) => Promise<never>) {
  const logger = createLogger({ name: 'test', level: 'silent' })
  return new ThrottleKeeper({ store: () => ({ putControl }), clock: { now: () => new Date('2026-02-27T15:31:02Z') }, logger })
}

test('ThrottleKeeper closes a throttle once, for the strategy on the symbol, as the system', async () => {
  const put = vi.fn(() => Promise.resolve(undefined as never))
  const keeper = keeperOver(put)
  keeper.note(denial(), submission())
  keeper.note(denial(), submission())
  await vi.waitFor(() => expect(put).toHaveBeenCalledOnce())
  const { symbol, strategy_id } = submission().request.decision
  expect(put).toHaveBeenCalledWith({
    name: 'throttle',
    actor: 'system',
    change: {
      value: true,
      scope: { symbol, strategy_id },
      reason: '20 repeated executions today, of fewer than 20 allowed',
      expires_at: null,
    },
  })
  keeper.close()
})

test('ThrottleKeeper denies in this process until the throttle is stored', async () => {
  const put = vi.fn(() => Promise.reject(new Error('away')))
  const keeper = keeperOver(put)
  expect(keeper.onto(SNAPSHOT)).toBe(SNAPSHOT)
  keeper.note(denial(), submission())
  await vi.waitFor(() => expect(put).toHaveBeenCalled())
  expect(keeper.onto(SNAPSHOT).controls).toMatchObject([{ name: 'throttle', value: true, actor: 'system' }])
  keeper.close()
})

test.each([
  ['a gate that passed', { outcomes: [{ gate: 'repeated-execution', passed: true as const, evidence: {} }] }],
  ['a throttle that is closed already', denial({ evidence: { throttled_at: '2026-02-27T15:00:00Z', repeats: 1, max: 20 } })],
  ['evidence that could not be read', denial({ code: 'evidence_unreadable' })],
  ['another gate', denial({ gate: 'order-rate' })],
  ['a proved exit', { outcomes: [{ gate: 'proved-exit', passed: true as const, evidence: {} }] }],
])('ThrottleKeeper lets %s be', (_what, record) => {
  const put = vi.fn(() => Promise.resolve(undefined as never))
  keeperOver(put).note(record, submission())
  expect(put).not.toHaveBeenCalled()
})
