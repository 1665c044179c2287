import { expect, test } from 'vitest'

import { sampleFacts } from '../../testing/pre-trade.ts'
import type { Changes } from '../../testing/samples.ts'
import type { GateName } from '../gate-order.ts'
import type { PreTradeFacts } from './facts.ts'
import { PRE_TRADE_GATES } from './pre-trade-gates.ts'

const S = 'submission'
const D = `${S}.request.decision`
const C = `${S}.request.market_context.domains`
const G = `${S}.gate_state`
const L = 'policy.limits'
const SELL: Changes = { [`${D}.action`]: 'sell' }
const ENDS: Changes = { [`${G}.session.ends_at`]: '2026-02-27T21:00:00Z' }

/** What a gate was sent and cannot judge: the evidence changed, then the facts read from it. */
const CASES: [GateName, Changes, Partial<PreTradeFacts>][] = [
  ['restricted-list', { 'policy.restricted_symbols': 'AAPL' }, {}],
  ['restricted-list', { 'policy.restricted_symbols': null }, {}],
  ['restricted-list', { 'policy.restricted_symbols': [7] }, {}],
  ['restricted-list', { [`${G}.instrument.restricted`]: 'no' }, {}],
  ['trading-session', { [`${L}.sessions`]: 'regular' }, {}],
  ['trading-session', { [`${G}.session.ends_at`]: 'later' }, {}],
  ['trading-session', ENDS, { asOf: null }],
  ['instrument-halt', { [`${G}.instrument.halted`]: 'no' }, {}],
  ['decision-age', {}, { eventAt: null }],
  ['decision-age', {}, { decidedAt: null }],
  ['decision-age', { [`${L}.max_decision_age_seconds`]: 0.5 }, {}],
  ['gate-state-age', {}, { stateAt: null }],
  ['gate-state-age', {}, { asOf: null }],
  ['gate-state-age', { [`${L}.max_gate_state_age_seconds`]: NaN }, {}],
  ['reference-price', {}, { reference: null }],
  ['reference-price', {}, { referenceAt: null }],
  ['reference-price', {}, { asOf: null }],
  ['context-freshness', {}, { contextAt: null }],
  ['context-freshness', { [`${L}.max_context_age_seconds`]: '300' }, {}],
  ['market-data-age', { [`${L}.required_domains`]: 'regime' }, {}],
  ['market-data-age', { [`${L}.required_domains`]: ['weather'] }, {}],
  ['market-data-age', { [`${L}.required_domains`]: ['regime', 'weather'] }, {}],
  ['market-data-age', { [`${L}.max_domain_age_seconds.technicals`]: 0.5 }, {}],
  ['market-data-age', { [`${C}.technicals.freshness_seconds`]: null }, {}],
  ['market-data-age', { [`${C}.technicals.freshness_seconds`]: 0.5 }, {}],
  ['market-data-age', { [`${C}.technicals.freshness_seconds`]: -1 }, {}],
  ['market-data-age', { [`${C}.technicals.max_freshness_seconds`]: 0.5 }, {}],
  ['market-data-age', { [`${C}.technicals.as_of`]: 'now' }, {}],
  ['market-data-age', {}, { asOf: null }],
  ...(['order-rate', 'order-count', 'repeated-execution'] as const).flatMap((name): typeof CASES => {
    const count = { 'order-rate': 'orders_last_minute', 'order-count': 'orders_today', 'repeated-execution': 'repeats_today' }[name]
    const max = { 'order-rate': 'max_orders_per_minute', 'order-count': 'max_orders_per_day', 'repeated-execution': 'max_repeats_per_day' }[name]
    return [
      ...[-1, 0.5, '3', null].map((value): (typeof CASES)[number] => [name, { [`${G}.activity.${count}`]: value }, {}]),
      [name, { [`${L}.${max}`]: 0.5 }, {}],
    ]
  }),
  ['duplicate-order', { [`${G}.pending_orders`]: '' }, {}],
  ['duplicate-order', {}, { qty: null }],
  ['drawdown', { [`${G}.pnl.drawdown`]: '0.1' }, {}],
  ['drawdown', { [`${G}.pnl.drawdown`]: -0.1 }, {}],
  ['drawdown', { [`${L}.max_drawdown`]: 1.1 }, {}],
  ['daily-loss', { [`${G}.pnl.day_pnl_usd`]: 5 }, {}],
  ['daily-loss', { [`${L}.max_daily_loss_usd`]: 'much' }, {}],
  ['lot-and-tick', { [`${G}.instrument.min_qty`]: 'one' }, {}],
  ['lot-and-tick', { [`${G}.instrument.min_qty`]: '-1' }, {}],
  ['lot-and-tick', { [`${G}.instrument.lot_size`]: '0' }, {}],
  ['lot-and-tick', { [`${G}.instrument.tick_size`]: '0' }, {}],
  ['lot-and-tick', { [`${D}.qty`]: 'many' }, {}],
  ['lot-and-tick', { [`${D}.order_type`]: 'limit', [`${S}.order.limit_price`]: 'cheap' }, {}],
  ['lot-and-tick', { [`${D}.order_type`]: 'limit', [`${S}.order.limit_price`]: null }, {}],
  ['lot-and-tick', { [`${D}.order_type`]: 'stop', [`${S}.order.stop_price`]: 'low' }, {}],
  ['lot-and-tick', { [`${D}.order_type`]: 'stop_limit', [`${S}.order.limit_price`]: '0', [`${S}.order.stop_price`]: '1' }, { order: { qty: '10', order_type: 'stop_limit', limit_price: '0.5', stop_price: '0' }, limitPrice: null, stopPrice: 1n }],
  ['price-collar', {}, { reference: null }],
  ['price-collar', {}, { price: null }],
  ['price-collar', { [`${L}.price_collar_bps`]: 0.5 }, {}],
  ['order-quantity', {}, { qty: null }],
  ['order-quantity', { [`${L}.order_qty`]: { min: 'x', max: '100' } }, {}],
  ['order-quantity', { [`${L}.order_qty`]: { min: null, max: 'x' } }, {}],
  ['order-notional', {}, { notional: null }],
  ['order-notional', { [`${L}.order_notional_usd`]: { min: 'x', max: '100000' } }, {}],
  ['order-notional', { [`${L}.order_notional_usd`]: { min: null, max: 'x' } }, {}],
  ['constrained-stage', { stage: 'moon' }, {}],
  ['constrained-stage', { [`${L}.constrained_live_max_order_notional_usd`]: '0' }, {}],
  ['constrained-stage', { stage: 'constrained_live' }, { notional: null }],
  ['critical-notional', { 'policy.critical_notional_usd': '0' }, {}],
  ['critical-notional', { llmSkipped: 'fast_path' }, { notional: null }],
  ['shortability', SELL, { net: null }],
  ['shortability', { ...SELL, [`${G}.instrument.shortable`]: 'yes' }, {}],
  ['position-limit', {}, { net: null }],
  ['position-limit', { [`${L}.max_position_qty`]: 'x' }, {}],
  ['symbol-exposure', {}, { price: null }],
  ['symbol-exposure', { [`${L}.max_symbol_exposure_usd`]: 'x' }, {}],
  ['concentration', {}, { equity: null }],
  ['concentration', {}, { price: null }],
  ['concentration', { [`${L}.max_concentration_bps`]: 0.5 }, {}],
  ['gross-exposure', {}, { notional: null }],
  ['gross-exposure', { [`${L}.max_gross_exposure_usd`]: 'x' }, {}],
  ['buying-power', {}, { buyingPower: null }],
  ['buying-power', {}, { notional: null }],
  ['buying-power', { [`${L}.max_buying_power_bps`]: 0.5 }, {}],
]

test.each(CASES)('%s cannot judge %j (case %#)', (name, changes, overrides) => {
  const gate = PRE_TRADE_GATES.find(({ about }) => about.gate === name)
  expect(gate?.judge({ ...sampleFacts(changes), ...overrides })).toBe('unreadable')
})
