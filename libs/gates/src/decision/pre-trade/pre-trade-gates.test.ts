import { GateOutcome } from '@torghut/contracts'
import { expect, test } from 'vitest'

import { judgeSample, wordOn } from '../../testing/pre-trade.ts'
import { sampleControl } from '../../testing/samples.ts'
import type { Changes } from '../../testing/samples.ts'
import { GATE_ORDER } from '../gate-order.ts'
import type { GateName } from '../gate-order.ts'
import { gatherFacts } from './facts.ts'
import { PRE_TRADE_GATES, preTradeDenial, preTradeOutcomes } from './pre-trade-gates.ts'

const S = 'submission'
const D = `${S}.request.decision`
const G = `${S}.gate_state`
const L = 'policy.limits'
const SELL: Changes = { [`${D}.action`]: 'sell' }
const LIMIT: Changes = { [`${D}.order_type`]: 'limit' }
const LIVE: Changes = { 'policy.trading_mode': 'live' }

const held = (qty: string, side = 'long') => ({ [`${S}.request.positions`]: [{ symbol: 'NVDA', qty, side }] })
const pending = (...orders: object[]) => ({
  [`${G}.pending_orders`]: orders.map((order) => ({
    order_id: 'p1',
    symbol: 'NVDA',
    side: 'buy',
    qty: '3',
    reduce_only: false,
    ...order,
  })),
})
const throttle = (scope: object) => ({ 'controls.controls': [{ ...sampleControl({ name: 'throttle' }), scope }] })
const STRATEGY = '5b0c9a52-3d1e-4f0a-9a77-1c1f0f7d2a11'

/** Order of 10 NVDA at a reference of 182.41: 1,824.10. */
const CASES: [GateName, string, Changes, string][] = [
  ['symbol-match', 'context of another symbol', { [`${S}.request.market_context.symbol`]: 'AAPL' }, 'symbol_mismatch'],
  ['symbol-match', 'snapshot of another symbol', { [`${S}.request.market.symbol`]: 'AAPL' }, 'symbol_mismatch'],
  ['symbol-match', 'neither', { [`${S}.request.market_context`]: null, [`${S}.request.market`]: null }, 'passed'],

  ['restricted-list', 'listed', { 'policy.restricted_symbols': ['A', 'NVDA'] }, 'symbol_restricted'],
  ['restricted-list', 'listed, no state', { 'policy.restricted_symbols': ['NVDA'], [G]: null }, 'symbol_restricted'],
  ['restricted-list', 'marked', { [`${G}.instrument.restricted`]: true }, 'symbol_restricted'],
  ['restricted-list', 'another listed', { 'policy.restricted_symbols': ['NVDA2'] }, 'passed'],

  ['trading-session', 'closed', { [`${G}.session.state`]: 'closed' }, 'session_closed'],
  ['trading-session', 'not traded', { [`${L}.sessions`]: ['regular'], [`${G}.session.state`]: 'pre' }, 'session_closed'],
  ['trading-session', 'ends later', { [`${G}.session.ends_at`]: '2026-02-27T15:31:02.000000001Z' }, 'passed'],
  ['trading-session', 'ends now', { [`${G}.session.ends_at`]: '2026-02-27T15:31:02Z' }, 'session_closed'],
  ['trading-session', 'ended', { [`${G}.session.ends_at`]: '2026-02-27T15:31:01.999999999Z' }, 'session_closed'],

  ['instrument-halt', 'halted', { [`${G}.instrument.halted`]: true }, 'instrument_halted'],
  ['reduce-only-mode', 'on', { [`${L}.reduce_only`]: true }, 'reduce_only_mode'],
  ['reduce-only-mode', 'on for the symbol', { 'policy.by_symbol.NVDA': { reduce_only: true } }, 'reduce_only_mode'],
  ['reduce-only-mode', 'on for another', { 'policy.by_symbol.AAPL': { reduce_only: true } }, 'passed'],

  ['decision-age', '120 s', { decidedAt: '2026-02-27T15:33:00Z' }, 'passed'],
  ['decision-age', 'a nanosecond more', { decidedAt: '2026-02-27T15:33:00.000000001Z' }, 'decision_stale'],
  ['decision-age', '120 s ahead', { decidedAt: '2026-02-27T15:29:00Z' }, 'passed'],
  ['decision-age', 'further ahead', { decidedAt: '2026-02-27T15:28:59.999999999Z' }, 'decision_stale'],

  ['durable-record', 'lost on restart, paper', { durable: false }, 'passed'],
  ['durable-record', 'lost on restart, live', { durable: false, ...LIVE }, 'record_not_durable'],
  ['durable-record', 'kept, live', LIVE, 'passed'],

  ['gate-state-age', '60 s', { [`${G}.as_of`]: '2026-02-27T15:30:02Z' }, 'passed'],
  ['gate-state-age', '61 s', { [`${G}.as_of`]: '2026-02-27T15:30:01Z' }, 'gate_state_stale'],
  ['reference-price', '60 s', { [`${G}.reference_price.as_of`]: '2026-02-27T15:30:02Z' }, 'passed'],
  ['reference-price', '60 s and a bit', { [`${G}.reference_price.as_of`]: '2026-02-27T15:30:01.9999Z' }, 'reference_price_stale'],
  ['reference-price', '61 s later', { [`${G}.reference_price.as_of`]: '2026-02-27T15:32:03Z' }, 'reference_price_stale'],
  [
    'reference-price',
    'of the decision, where its age is free',
    { [`${L}.max_decision_age_seconds`]: null, decidedAt: '2026-11-20T00:00:00Z' },
    'passed',
  ],
  ['context-freshness', '300 s', { [`${S}.request.market_context.as_of_utc`]: '2026-02-27T15:26:02Z' }, 'passed'],
  ['context-freshness', '301 s', { [`${S}.request.market_context.as_of_utc`]: '2026-02-27T15:26:01Z' }, 'context_stale'],

  ...['technicals', 'regime'].flatMap((name): (typeof CASES)[number][] => [
    ['market-data-age', `${name} stale`, { [`${S}.request.market_context.domains.${name}.state`]: 'stale' }, 'market_data_stale'],
    ['market-data-age', `${name} missing`, { [`${S}.request.market_context.domains.${name}.state`]: 'missing' }, 'market_data_stale'],
    ['market-data-age', `${name} unknown`, { [`${S}.request.market_context.domains.${name}.state`]: 'fine' }, 'market_data_stale'],
  ]),
  ['market-data-age', 'news stale', { [`${S}.request.market_context.domains.news.state`]: 'stale' }, 'market_data_stale'],
  ['market-data-age', 'technicals stated 60 s', { [`${S}.request.market_context.domains.technicals.freshness_seconds`]: 60 }, 'passed'],
  ['market-data-age', 'technicals stated 0 s', { [`${S}.request.market_context.domains.technicals.freshness_seconds`]: 0 }, 'passed'],
  [
    'market-data-age',
    'the limit of the policy, where that is smaller',
    {
      [`${S}.request.market_context.domains.technicals.freshness_seconds`]: 61,
      [`${S}.request.market_context.domains.technicals.max_freshness_seconds`]: 1000,
    },
    'market_data_stale',
  ],
  [
    'market-data-age',
    'its own maximum, where the policy has none',
    {
      [`${L}.max_domain_age_seconds.technicals`]: null,
      [`${S}.request.market_context.domains.technicals.max_freshness_seconds`]: 11,
    },
    'market_data_stale',
  ],
  ['market-data-age', 'stated 61 s', { [`${S}.request.market_context.domains.technicals.freshness_seconds`]: 61 }, 'market_data_stale'],
  [
    'market-data-age',
    '60 s by its time',
    { [`${S}.request.market_context.domains.technicals.as_of`]: '2026-02-27T15:30:02Z' },
    'passed',
  ],
  [
    'market-data-age',
    '61 s by its time, whatever it states',
    { [`${S}.request.market_context.domains.technicals.as_of`]: '2026-02-27T15:30:01Z' },
    'market_data_stale',
  ],
  [
    'market-data-age',
    'its own maximum, where that is smaller',
    { [`${S}.request.market_context.domains.technicals.max_freshness_seconds`]: 11 },
    'market_data_stale',
  ],
  ['market-data-age', 'no limit for news', { [`${L}.max_domain_age_seconds.news`]: null }, 'stated limit_not_configured'],

  ['repeated-execution', '19 of 20', { [`${G}.activity.repeats_today`]: 19 }, 'passed'],
  ['repeated-execution', '20 of 20', { [`${G}.activity.repeats_today`]: 20 }, 'repeated_execution'],
  ['repeated-execution', 'throttled', throttle({ symbol: 'NVDA', strategy_id: STRATEGY }), 'repeated_execution'],
  ['repeated-execution', 'throttled, no state', { ...throttle({ symbol: 'NVDA', strategy_id: STRATEGY }), [G]: null }, 'repeated_execution'],
  ['repeated-execution', 'another strategy throttled', throttle({ symbol: 'NVDA', strategy_id: 'x' }), 'passed'],
  ['order-rate', '59 before of 60', { [`${G}.activity.orders_last_minute`]: 59 }, 'passed'],
  ['order-rate', '60 before of 60', { [`${G}.activity.orders_last_minute`]: 60 }, 'order_rate_exceeded'],
  ['order-count', '999 before of 1000', { [`${G}.activity.orders_today`]: 999 }, 'passed'],
  ['order-count', '1000 before of 1000', { [`${G}.activity.orders_today`]: 1000 }, 'order_count_exceeded'],

  ['duplicate-order', 'same symbol, side, quantity', pending({ qty: '10.0' }), 'duplicate_order'],
  ['duplicate-order', 'another quantity', pending({ qty: '10.00000001' }), 'passed'],
  ['duplicate-order', 'the other side', pending({ qty: '10', side: 'sell' }), 'passed'],
  ['duplicate-order', 'another symbol', pending({ qty: '10', symbol: 'AAPL' }), 'passed'],
  ['duplicate-order', 'the decision itself', pending({ order_id: '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01' }), 'duplicate_order'],

  ['drawdown', 'exactly', { [`${G}.pnl.drawdown`]: 0.2 }, 'passed'],
  ['drawdown', 'above', { [`${G}.pnl.drawdown`]: 0.2000001 }, 'drawdown_exceeded'],
  ['daily-loss', 'exactly', { [`${G}.pnl.day_pnl_usd`]: '-20000' }, 'passed'],
  ['daily-loss', 'a cent more', { [`${G}.pnl.day_pnl_usd`]: '-20000.01' }, 'daily_loss_exceeded'],
  ['daily-loss', 'a profit', { [`${G}.pnl.day_pnl_usd`]: '99999999' }, 'passed'],

  ['lot-and-tick', 'rounds to nothing', { [`${D}.qty`]: '0.99' }, 'below_lot_or_tick'],
  ['lot-and-tick', 'the smallest', { [`${D}.qty`]: '5.9', [`${G}.instrument.min_qty`]: '5' }, 'passed'],
  ['lot-and-tick', 'below the smallest', { [`${D}.qty`]: '4.9', [`${G}.instrument.min_qty`]: '4.5' }, 'below_lot_or_tick'],
  ['lot-and-tick', 'any quantity', { [`${G}.instrument.min_qty`]: '0' }, 'passed'],
  ['lot-and-tick', 'nothing left of any quantity', { [`${D}.qty`]: '0.99', [`${G}.instrument.min_qty`]: '0' }, 'below_lot_or_tick'],
  ['lot-and-tick', 'a stop of no tick', { ...SELL, [`${D}.order_type`]: 'stop', [`${S}.order.stop_price`]: '0.009' }, 'below_lot_or_tick'],
  ['lot-and-tick', 'a price of no tick', { ...LIMIT, [`${S}.order.limit_price`]: '0.009' }, 'below_lot_or_tick'],
  ['lot-and-tick', 'a lot of nothing', { [`${G}.instrument.lot_size`]: '0' }, 'evidence_unreadable'],

  ['price-collar', 'a market order', {}, 'passed'],
  ['price-collar', 'at the upper end', { ...LIMIT, [`${G}.reference_price.price`]: '100', [`${S}.order.limit_price`]: '105' }, 'passed'],
  ['price-collar', 'above', { ...LIMIT, [`${G}.reference_price.price`]: '100', [`${S}.order.limit_price`]: '105.01' }, 'price_outside_collar'],
  ['price-collar', 'at the lower end', { ...LIMIT, [`${G}.reference_price.price`]: '100', [`${S}.order.limit_price`]: '95' }, 'passed'],
  ['price-collar', 'below', { ...LIMIT, [`${G}.reference_price.price`]: '100', [`${S}.order.limit_price`]: '94.99' }, 'price_outside_collar'],
  ['price-collar', 'a stop above', { [`${D}.order_type`]: 'stop', [`${S}.order.stop_price`]: '191.54' }, 'price_outside_collar'],
  ['price-collar', 'narrower for the symbol', { ...LIMIT, [`${S}.order.limit_price`]: '184.24', 'policy.by_symbol.NVDA': { price_collar_bps: 100 } }, 'price_outside_collar'],
  ['price-collar', 'a price its type has no use for', { [`${S}.order.limit_price`]: '999' }, 'passed'],

  ['order-quantity', 'exactly', { [`${L}.order_qty.max`]: '10' }, 'passed'],
  ['order-quantity', 'above', { [`${L}.order_qty.max`]: '9' }, 'order_quantity_outside'],
  ['order-quantity', 'at the smallest', { [`${L}.order_qty.min`]: '10' }, 'passed'],
  ['order-quantity', 'below the smallest', { [`${L}.order_qty.min`]: '10.00000001' }, 'order_quantity_outside'],
  ['order-quantity', 'what is left after rounding', { [`${D}.qty`]: '10.9', [`${L}.order_qty.max`]: '10' }, 'passed'],
  ['order-notional', 'exactly', { [`${L}.order_notional_usd.max`]: '1824.1' }, 'passed'],
  ['order-notional', 'above', { [`${L}.order_notional_usd.max`]: '1824.09999999' }, 'order_notional_outside'],
  ['order-notional', 'at the smallest', { [`${L}.order_notional_usd.min`]: '1824.1' }, 'passed'],
  ['order-notional', 'below the smallest', { [`${L}.order_notional_usd.min`]: '1824.10000001' }, 'order_notional_outside'],
  ['order-notional', 'by the limit where that is higher', { ...LIMIT, [`${S}.order.limit_price`]: '183', [`${L}.order_notional_usd.max`]: '1829' }, 'order_notional_outside'],

  ['constrained-stage', 'another stage', { [`${L}.constrained_live_max_order_notional_usd`]: '1', stage: 'scaled_live' }, 'passed'],
  ['constrained-stage', 'exactly', { [`${L}.constrained_live_max_order_notional_usd`]: '1824.1', stage: 'constrained_live' }, 'passed'],
  ['constrained-stage', 'above', { [`${L}.constrained_live_max_order_notional_usd`]: '1824', stage: 'constrained_live' }, 'stage_notional_exceeded'],
  ['constrained-stage', 'a stage nobody knows', { stage: 'moon' }, 'evidence_unreadable'],
  ['critical-notional', 'read by the model', { 'policy.critical_notional_usd': '1' }, 'passed'],
  ['critical-notional', 'skipped, exactly', { 'policy.critical_notional_usd': '1824.1', llmSkipped: 'fast_path' }, 'passed'],
  ['critical-notional', 'skipped, above', { 'policy.critical_notional_usd': '1824', llmSkipped: 'fast_path' }, 'critical_notional_unreviewed'],

  ['shortability', 'a buy', { [`${G}.instrument.shortable`]: false }, 'passed'],
  ['shortability', 'a sale of what is held', { ...SELL, ...held('10'), [`${G}.instrument.shortable`]: false }, 'passed'],
  ['shortability', 'a sale of more', { ...SELL, ...held('9.99999999'), [`${G}.instrument.shortable`]: false }, 'not_shortable'],
  ['shortability', 'with pending sales', { ...SELL, ...held('12'), ...pending({ side: 'sell' }), [`${G}.instrument.shortable`]: false }, 'not_shortable'],
  ['shortability', 'short of what can be borrowed', SELL, 'passed'],

  ['position-limit', 'exactly', { ...held('5'), ...pending({}), [`${L}.max_position_qty`]: '18' }, 'passed'],
  ['position-limit', 'above', { ...held('5'), ...pending({}), [`${L}.max_position_qty`]: '17.99999999' }, 'position_limit_exceeded'],
  ['position-limit', 'short', { ...SELL, ...held('5', 'short'), [`${L}.max_position_qty`]: '14' }, 'position_limit_exceeded'],
  ['position-limit', 'pending orders of the other side do not help', { ...held('5'), ...pending({ side: 'sell', qty: '5' }), [`${L}.max_position_qty`]: '14' }, 'position_limit_exceeded'],
  ['symbol-exposure', 'exactly', { ...held('5'), [`${L}.max_symbol_exposure_usd`]: '2736.15' }, 'passed'],
  ['symbol-exposure', 'above', { ...held('5'), [`${L}.max_symbol_exposure_usd`]: '2736.14' }, 'symbol_exposure_exceeded'],
  ['symbol-exposure', 'by the account where that is more', { [`${S}.request.portfolio.exposure_by_symbol`]: { NVDA: '99000' } }, 'symbol_exposure_exceeded'],
  ['concentration', 'exactly', { [`${S}.request.account.equity`]: '3648.2' }, 'passed'],
  ['concentration', 'above', { [`${S}.request.account.equity`]: '3648.19' }, 'concentration_exceeded'],
  ['concentration', 'no equity', { [`${S}.request.account`]: {}, [`${S}.request.portfolio.equity`]: null }, 'evidence_unreadable'],
  ['concentration', 'negative equity', { [`${S}.request.account.equity`]: '-1' }, 'concentration_exceeded'],
  ['gross-exposure', 'exactly', { [`${S}.request.portfolio.total_exposure`]: '398175.9' }, 'passed'],
  ['gross-exposure', 'above', { [`${S}.request.portfolio.total_exposure`]: '398175.91' }, 'gross_exposure_exceeded'],
  ['gross-exposure', 'unknown', { [`${S}.request.portfolio.total_exposure`]: null }, 'evidence_unreadable'],
  ['gross-exposure', 'pending of this symbol', { ...pending({}), [`${S}.request.portfolio.total_exposure`]: '397628.68' }, 'gross_exposure_exceeded'],
  ['gross-exposure', 'pending of another, at the largest order', { ...pending({ symbol: 'AAPL' }), [`${S}.request.portfolio.total_exposure`]: '348175.91' }, 'gross_exposure_exceeded'],
  ['gross-exposure', 'pending that only reduces', { ...pending({ symbol: 'AAPL', reduce_only: true }), [`${S}.request.portfolio.total_exposure`]: '348175.91' }, 'passed'],
  ['gross-exposure', 'by the positions where they are more', { [`${S}.request.positions`]: [{ symbol: 'AAPL', market_value: '-399000' }] }, 'gross_exposure_exceeded'],
  ['buying-power', 'exactly', { [`${S}.request.portfolio.buying_power`]: '1824.1' }, 'passed'],
  ['buying-power', 'above', { [`${S}.request.portfolio.buying_power`]: '1824.09' }, 'buying_power_exceeded'],
  ['buying-power', 'of the account', { [`${S}.request.account.buying_power`]: '0' }, 'buying_power_exceeded'],
  ['buying-power', 'stated nowhere', { [`${S}.request.account`]: {}, [`${S}.request.portfolio.buying_power`]: null }, 'evidence_unreadable'],

  ['regime', 'no regime', {}, 'passed'],
  ['regime', 'no regime, by policy', { 'policy.regime.missing': 'fail' }, 'regime_blocked'],
  ['regime', 'uncertainty exactly', { 'advice.uncertainty.score': 0.8 }, 'passed'],
  ['regime', 'uncertainty above', { 'advice.uncertainty.score': 0.8000001 }, 'regime_blocked'],
]

test.each(CASES)('%s answers %s: %s', (name, _what, changes, word) => {
  expect(wordOn(name, changes)).toBe(word)
})

test('every pre-trade gate passes the sample, has a denial among the cases, and a code of its own', () => {
  const names = PRE_TRADE_GATES.map(({ about }) => about.gate)
  for (const name of names) expect([name, wordOn(name)]).toEqual([name, 'passed'])
  for (const { about } of PRE_TRADE_GATES) expect(CASES.map(([, , , word]) => word)).toContain(about.codes[0])
  const codes = PRE_TRADE_GATES.map(({ about }) => about.codes[0])
  expect(new Set(codes).size).toBe(codes.length)
  expect(GATE_ORDER.slice(-names.length)).toEqual(names)
})

/** Limits as they are left out, and the gates that then have none. */
const UNSET: [GateName, string][] = [
  ['trading-session', `${L}.sessions`],
  ['decision-age', `${L}.max_decision_age_seconds`],
  ['gate-state-age', `${L}.max_gate_state_age_seconds`],
  ['reference-price', `${L}.max_reference_age_seconds`],
  ['context-freshness', `${L}.max_context_age_seconds`],
  ['market-data-age', `${L}.max_domain_age_seconds.regime`],
  ['repeated-execution', `${L}.max_repeats_per_day`],
  ['order-rate', `${L}.max_orders_per_minute`],
  ['order-count', `${L}.max_orders_per_day`],
  ['drawdown', `${L}.max_drawdown`],
  ['daily-loss', `${L}.max_daily_loss_usd`],
  ['regime', 'policy.regime.uncertainty'],
  ['price-collar', `${L}.price_collar_bps`],
  ['order-quantity', `${L}.order_qty.max`],
  ['order-notional', `${L}.order_notional_usd.max`],
  ['constrained-stage', `${L}.constrained_live_max_order_notional_usd`],
  ['critical-notional', 'policy.critical_notional_usd'],
  ['position-limit', `${L}.max_position_qty`],
  ['symbol-exposure', `${L}.max_symbol_exposure_usd`],
  ['concentration', `${L}.max_concentration_bps`],
  ['gross-exposure', `${L}.max_gross_exposure_usd`],
  ['buying-power', `${L}.max_buying_power_bps`],
]

test.each(UNSET)('%s without %s states it in paper and denies in live', (name, path) => {
  expect(wordOn(name, { [path]: null })).toBe('stated limit_not_configured')
  expect(wordOn(name, { [path]: null, ...LIVE })).toBe('limit_not_configured')
})

const NEEDS_NO_STATE: GateName[] = [
  'symbol-match',
  'reduce-only-mode',
  'decision-age',
  'durable-record',
  'context-freshness',
  'market-data-age',
  'regime',
  'order-quantity',
  'constrained-stage',
  'critical-notional',
  'shortability',
]

test('every other pre-trade gate states an absent gate state in paper and denies it in live', () => {
  for (const { about } of PRE_TRADE_GATES) {
    const words = [wordOn(about.gate, { [G]: null }), wordOn(about.gate, { [G]: null, ...LIVE })]
    const expected = NEEDS_NO_STATE.includes(about.gate) ? ['passed', 'passed'] : ['stated gate_state_missing', 'gate_state_missing']
    expect([about.gate, ...words]).toEqual([about.gate, ...expected])
  }
  expect(wordOn('shortability', { [G]: null, ...SELL, ...LIVE })).toBe('gate_state_missing')
  expect(wordOn('constrained-stage', { [G]: null, ...LIVE, stage: 'constrained_live' })).toBe('gate_state_missing')
  expect(wordOn('critical-notional', { [G]: null, ...LIVE, llmSkipped: 'fast_path' })).toBe('gate_state_missing')
})

test('the gates of the context state an absent one in paper and deny it in live', () => {
  const bare = { [`${S}.request.market_context`]: null }
  for (const name of ['context-freshness', 'market-data-age'] as const) {
    expect([wordOn(name, bare), wordOn(name, { ...bare, ...LIVE })]).toEqual(['stated market_context_missing', 'market_context_missing'])
  }
})

test('outcomeOf() tells the evidence of a denial and of a pass', () => {
  expect(judgeSample('order-notional')).toEqual({
    gate: 'order-notional',
    passed: true,
    evidence: { notional_usd: '1824.1', min: null, max: '50000' },
  })
  const denied = judgeSample('repeated-execution', { [`${G}.activity.repeats_today`]: 20 })
  expect(denied).toEqual({
    gate: 'repeated-execution',
    passed: false,
    code: 'repeated_execution',
    evidence: { throttled_at: null, repeats: 20, max: 20 },
  })
  expect(GateOutcome.parse(denied)).toEqual(denied)
})

test('preTradeOutcomes() denies everything where the facts could not be read', () => {
  const outcomes = preTradeOutcomes(gatherFacts(null as never, null as never))
  expect(outcomes.map((outcome) => outcome.passed || outcome.code)).toEqual(PRE_TRADE_GATES.map(() => 'evidence_unreadable'))
  expect(preTradeDenial(null)).toEqual({ gate: 'symbol-match', code: 'evidence_unreadable' })
})
