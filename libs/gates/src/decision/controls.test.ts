import type { RuntimeControl } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { sampleControl, sampleControls, sampleSubmission } from '../testing/samples.ts'
import { CONTROLS_AGE_MAX_MS, checkControls, controlsInForce } from './controls.ts'

const submission = sampleSubmission()
const { symbol, strategy_id: strategyId } = submission.request.decision

/** A halt as the evidence tells it. */
interface Halt {
  symbol: string | null
  strategy_id: string | null
  set_at: string
  expires_at: string | null
}

/** The gate's word on the sample order under one control: "passed" or the code. */
function word(changes: Partial<RuntimeControl>): string {
  const outcome = checkControls(submission, sampleControls({ controls: [sampleControl(changes)] }), 'live')
  return outcome.passed ? 'passed' : outcome.code
}

test('checkControls() passes when nothing is on', () => {
  expect(checkControls(submission, sampleControls(), 'live')).toEqual({
    gate: 'controls',
    passed: true,
    evidence: { as_of: '2026-02-27T15:31:02.000Z', age_ms: 400, readable: true, halts: [] },
  })
})

test.each<[string, Partial<RuntimeControl>, string]>([
  ['everything', {}, 'new_risk_halted'],
  ['the symbol', { scope: { symbol } }, 'new_risk_halted'],
  ['another symbol', { scope: { symbol: 'AAPL' } }, 'passed'],
  ['the symbol in another case', { scope: { symbol: symbol.toLowerCase() } }, 'passed'],
  ['a symbol and a strategy that are null', { scope: { symbol: null, strategy_id: null } as never }, 'new_risk_halted'],
  ['the strategy', { scope: { strategy_id: strategyId } }, 'new_risk_halted'],
  ['another strategy', { scope: { strategy_id: 'other' } }, 'passed'],
  ['the strategy on the symbol', { scope: { symbol, strategy_id: strategyId } }, 'new_risk_halted'],
  ['the strategy on another symbol', { scope: { symbol: 'AAPL', strategy_id: strategyId } }, 'passed'],
  ['another strategy on the symbol', { scope: { symbol, strategy_id: 'other' } }, 'passed'],
])('checkControls() under a halt of %s', (_what, changes, expected) => {
  expect(word(changes)).toBe(expected)
})

test('checkControls() lets go of a halt that is off or over, at its instant and not before', () => {
  expect(word({ value: false })).toBe('passed')
  expect(word({ expires_at: '2026-02-27T15:31:02.001Z' })).toBe('new_risk_halted')
  expect(word({ expires_at: '2026-02-27T15:31:02Z' })).toBe('passed')
  expect(word({ expires_at: '2026-02-27T15:31:01.999Z' })).toBe('passed')
  expect(word({ expires_at: 'soon' as never })).toBe('new_risk_halted')
})

test('checkControls() keeps a halt whose end cannot be compared with anything', () => {
  const halt = sampleControl({ expires_at: '1960-01-01T00:00:00Z' })
  const outcome = checkControls(submission, sampleControls({ asOf: 'now', controls: [halt] }), 'paper')
  expect(outcome).toMatchObject({ passed: false, code: 'new_risk_halted' })
})

test('checkControls() halts for nothing but halt_new_risk', () => {
  for (const name of ['force_deterministic', 'pause_promotions', 'force_defensive_router'] as const) {
    expect(word({ name })).toBe('passed')
  }
})

test('checkControls() names the halts it found', () => {
  const controls = [sampleControl({ scope: { symbol } }), sampleControl({ scope: { symbol: 'AAPL' } })]
  const { evidence } = checkControls(submission, sampleControls({ controls }), 'paper')
  expect(evidence['halts']).toEqual([
    { symbol, strategy_id: null, set_at: '2026-02-27T15:00:00.000Z', expires_at: null },
  ])
})

test('checkControls() denies in live when the reading is older than ten seconds, and states it in paper', () => {
  expect(CONTROLS_AGE_MAX_MS).toBe(10_000)
  for (const [ageMs, readable] of [[0, true], [10_000, true], [10_000.1, false], [null, false], [-1, false], [NaN, false]] as const) {
    const snapshot = sampleControls({ ageMs })
    const live = checkControls(submission, snapshot, 'live')
    expect(live).toMatchObject(readable ? { passed: true } : { passed: false, code: 'controls_unreadable' })
    expect(checkControls(submission, snapshot, 'paper')).toMatchObject({ passed: true, evidence: { readable } })
    expect(checkControls(submission, snapshot, 'backtest' as never).passed).toBe(readable)
  }
})

test('checkControls() keeps the halts of an old reading in paper', () => {
  const snapshot = sampleControls({ ageMs: null, controls: [sampleControl()] })
  expect(checkControls(submission, snapshot, 'paper')).toMatchObject({ passed: false, code: 'new_risk_halted' })
})

test('checkControls() denies a snapshot it cannot read, in either mode', () => {
  for (const snapshot of [null, undefined, {}, { controls: null }, sampleControls({ controls: [null as never] })]) {
    const outcome = checkControls(submission, snapshot as never, 'paper')
    expect(outcome).toMatchObject({ gate: 'controls', passed: false, code: 'evidence_unreadable' })
  }
})

test('checkControls() can be asked again from its own evidence', () => {
  const controls = [sampleControl({ scope: { symbol }, expires_at: '2026-02-27T16:00:00.000Z' }), sampleControl()]
  for (const snapshot of [sampleControls(), sampleControls({ controls }), sampleControls({ ageMs: 20_000, controls })]) {
    const first = checkControls(submission, snapshot, 'live')
    const said = first.evidence as { as_of: string; age_ms: number; halts: Halt[] }
    const kept = said.halts.map(({ symbol: only, strategy_id: strategy, ...times }) =>
      sampleControl({ ...times, scope: { ...(only && { symbol: only }), ...(strategy && { strategy_id: strategy }) } }),
    )
    const again = { asOf: said.as_of, ageMs: said.age_ms, controls: kept }
    expect(checkControls(submission, again, 'live')).toEqual(first)
  }
})

test('controlsInForce() finds the controls of one name by the same rules', () => {
  const forced = sampleControl({ name: 'force_deterministic', scope: { symbol } })
  const over = { ...forced, expires_at: '2026-02-27T15:00:00Z' }
  const snapshot = sampleControls({ controls: [sampleControl(), forced, over, { ...forced, value: false }] })
  expect(controlsInForce('force_deterministic', submission, snapshot)).toEqual([forced])
})
