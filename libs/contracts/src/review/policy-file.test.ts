import { expect, test } from 'vitest'

import { exampleGatePolicy, examplePolicyFile } from '../testing/gate-policy.ts'
import { GatePolicy } from './gate-policy.ts'
import { PolicyFile, closedGatePolicy, composeGatePolicy, limitsFor } from './policy-file.ts'

const { trading_mode, advice, context } = exampleGatePolicy()
const PAPER = { trading_mode, advice, context }
const LIVE = { ...PAPER, trading_mode: 'live' } as const
const FILE = examplePolicyFile()

function faultsOf(file: PolicyFile, settings: typeof PAPER = PAPER) {
  const composed = composeGatePolicy(settings, PolicyFile.parse(file))
  return composed.ok ? [] : composed.faults.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

function withLimits(limits: Partial<PolicyFile['limits']>): PolicyFile {
  return { ...FILE, limits: { ...FILE.limits, ...limits } }
}

test('composeGatePolicy() joins both parts, and leaves out in paper what holds in live only', () => {
  const [paper, live] = [PAPER, LIVE].map((settings) => composeGatePolicy(settings, FILE))
  if (paper?.ok !== true || live?.ok !== true) throw new Error('refused')
  expect(GatePolicy.parse(paper.policy)).toEqual(paper.policy)
  expect(paper.policy.limits.max_decision_age_seconds).toBeNull()
  expect(live.policy.limits.max_decision_age_seconds).toBe(120)
  expect(live.policy).toMatchObject({ policy_version: 'torghut.gate-policy.v2', trading_mode: 'live', advice, context })
})

test.each<[string, PolicyFile, string[]]>([
  ['a min on its max', withLimits({ order_qty: { min: '1000', max: '1000' } }), []],
  [
    'a min above its max',
    withLimits({ order_qty: { min: '1000.00000001', max: '1000' } }),
    ['limits.order_qty: order_qty has a min above its max'],
  ],
  [
    'a notional of which nothing is left',
    withLimits({ order_notional_usd: { min: '6', max: '5' }, constrained_live_max_order_notional_usd: '6' }),
    ['limits.order_notional_usd: order_notional_usd has a min above its max'],
  ],
  ['a symbol above the whole', withLimits({ max_symbol_exposure_usd: '400000.01' }), [
    'limits.max_symbol_exposure_usd: max_symbol_exposure_usd is above max_gross_exposure_usd',
  ]],
  ['a minute above its day', withLimits({ max_orders_per_minute: 1001 }), [
    'limits.max_orders_per_minute: max_orders_per_minute is above max_orders_per_day',
  ]],
  [
    'a symbol of its own',
    { ...FILE, by_symbol: { NVDA: { order_qty: { min: '9', max: '8' } }, AAPL: { price_collar_bps: 100 } } },
    ['by_symbol.NVDA.order_qty: order_qty has a min above its max (for NVDA)'],
  ],
  [
    'a symbol against what all have',
    { ...FILE, by_symbol: { NVDA: { max_symbol_exposure_usd: '500000' } } },
    ['by_symbol.NVDA.max_symbol_exposure_usd: max_symbol_exposure_usd is above max_gross_exposure_usd (for NVDA)'],
  ],
  [
    'thresholds that fall',
    { ...FILE, regime: { ...FILE.regime, uncertainty: { degrade_above: 0.6, abstain_above: 0.5, fail_above: 0.9 } } },
    ['regime.uncertainty: uncertainty must rise: degrade_above, abstain_above, fail_above'],
  ],
])('composeGatePolicy() with %s', (_what, file, faults) => {
  expect(faultsOf(file)).toEqual(faults)
})

test('composeGatePolicy() refuses in live every limit that is not configured, and takes it in paper', () => {
  const names = Object.entries(FILE.limits).flatMap(([name, value]) => (value === null || typeof value === 'boolean' ? [] : [name]))
  for (const name of names.filter((item) => !['order_qty', 'order_notional_usd', 'max_domain_age_seconds', 'required_domains'].includes(item))) {
    const file = withLimits({ [name]: null })
    expect([name, faultsOf(file), faultsOf(file, LIVE).length]).toEqual([name, [], 1])
  }
  expect(faultsOf(withLimits({ order_qty: { min: null, max: null } }), LIVE)).toEqual([
    'limits.order_qty.max: limits.order_qty.max is not configured: live needs every limit',
  ])
  expect(faultsOf({ ...FILE, critical_notional_usd: null }, LIVE)).toHaveLength(1)
  expect(faultsOf({ ...FILE, by_symbol: { NVDA: { price_collar_bps: null } } }, LIVE)).toHaveLength(1)
  const oldest = { ...FILE.limits.max_domain_age_seconds, news: null }
  expect(faultsOf(withLimits({ max_domain_age_seconds: oldest }), LIVE)).toHaveLength(1)
})

test('limitsFor() puts a symbol of its own before what all have', () => {
  const policy = { limits: FILE.limits, by_symbol: { NVDA: { price_collar_bps: 100 } } }
  expect(limitsFor(policy, 'NVDA')).toEqual({ ...FILE.limits, price_collar_bps: 100 })
  for (const other of ['AAPL', 'constructor', '__proto__']) expect(limitsFor(policy, other)).toBe(FILE.limits)
})

test('closedGatePolicy() is a policy, and reduce-only', () => {
  const closed = closedGatePolicy(PAPER)
  expect(GatePolicy.parse(closed)).toEqual(closed)
  expect(closed.limits.reduce_only).toBe(true)
})
