import { expect, test } from 'vitest'
import type { z } from 'zod'

import { exampleSubmission } from '../testing/submission.ts'
import { ReviewSubmission, parseReviewSubmission } from './submission.ts'

/** What a field takes, and what it answers to everything else. */
interface Kind {
  /** JSON types it takes; each other type is refused with `wrongType`. */
  takes: JsonType[]
  wrongType: 'type' | 'enum'
  bad: [value: unknown, code: string, below?: string][]
  good: unknown[]
}

type JsonType = keyof typeof JSON_TYPES
const JSON_TYPES = { string: 'x', number: 7, boolean: true, list: [], object: {} }

/**
 * What happens without the field: `required` refuses absence and null, `default` refuses only null, `null` takes both.
 * An `item` of a list cannot be absent.
 */
type Presence = 'required' | 'default' | 'null' | 'item'

const HUGE = 'x'.repeat(100_000)
const UUID = '3f2c1a10-6f0e-4d38-9d8e-0d5d2f6b7a01'

const uuid = texts(
  'uuid',
  ['', 'seven', `${UUID}0`, UUID.replaceAll('-', ''), UUID.replace('3', 'g'), ` ${UUID}`, HUGE],
  [UUID.toUpperCase()],
)
const timestamp = texts(
  'timestamp',
  [
    ...['', 'now', '1772206260', '2026-02-27', '2026-02-27T15:31Z', '2026-02-27T15:31:00', '2026-02-27 15:31:00Z'],
    ...['2026-02-30T00:00:00Z', '2026-02-27T24:00:00Z', '2026-02-27T15:31:60Z', '2026-02-27T15:31:00+24:00'],
    ...['0000-12-31T23:59:59Z', '0001-01-01T00:30:00+01:00', '9999-12-31T23:30:00-01:00', '+010000-01-01T00:00:00Z'],
    ...[`2026-02-27T15:31:00.${'1'.repeat(10)}Z`, `2026-02-27T15:31:00.${HUGE}Z`],
  ],
  [
    ...['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '2024-02-29T00:00:00-05:00'],
    ...['0001-01-01T00:30:00+00:30', '2026-02-27T15:31:00.5+14:00'],
  ],
)
const NO_DECIMALS = [
  ...['', 'NaN', 'Infinity', '1e3', '+1', '.5', '5.', '1,5', ' 1', '1 ', '0x1', '--1', '−1', '١', '1\n'],
  ...['1'.repeat(21), '1.123456789', '1'.repeat(100_000)],
]
const decimal = decimals([], ['0', '-0', '-12.50', '007', `${'9'.repeat(20)}.${'9'.repeat(8)}`, `-${'9'.repeat(20)}`])
const positive = decimals(['0', '-0', '0.00000000', '-1', '-0.00000001'], ['0.00000001', '9'.repeat(20)])
const notNegative = decimals(['-1', '-0.00000001'], ['0', '-0', '0.00000001'])
const flag: Kind = { takes: ['boolean'], wrongType: 'type', bad: [], good: [true, false] }
const share = numbers([[-0.000001, 'range'], [1.000001, 'range'], [-1e300, 'range']], [0, -0, 1, 0.5, 5e-324])
const whole = numbers([[1.5, 'type'], [2 ** 53, 'range'], [-(2 ** 53), 'range']], [-1, 0, 2 ** 53 - 1])
const count = numbers([[1.5, 'type'], [-1, 'range'], [2 ** 53, 'range']], [0, -0, 1, 2 ** 53 - 1])
/** Free JSON that is kept as it came. */
const map: Kind = {
  takes: ['object'],
  wrongType: 'type',
  bad: [],
  good: [{}, { asOf: 1, as_of: [null] }, { constructor: { prototype: 1 } }],
}
/** A closed object; `surprise` stands for any key it does not know, and so does another spelling of its own. */
const closed: Kind = { takes: ['object'], wrongType: 'type', bad: [], good: [] }
/** An object whose unknown keys are dropped. */
const open: Kind = { takes: ['object'], wrongType: 'type', bad: [], good: [{}, { surprise: 1, constructor: 2 }] }
/** A figure or word of the strategy's own. */
const scalar: Kind = {
  takes: ['string', 'number', 'boolean'],
  wrongType: 'type',
  bad: [['x'.repeat(257), 'too_long']],
  good: ['', 'x'.repeat(256), 0, -1.5, false],
}
const exposures: Kind = {
  takes: ['object'],
  wrongType: 'type',
  bad: [
    [{ '': '1' }, 'too_short', '.'],
    [{ ['x'.repeat(33)]: '1' }, 'too_long', `.${'x'.repeat(33)}`],
    [{ [HUGE]: '1' }, 'too_long', `.${'x'.repeat(64)}…`],
  ],
  good: [{}, { ['x'.repeat(32)]: '1' }, { constructor: '1' }],
}

const orderType = oneOf('market', 'limit', 'stop', 'stop_limit')
const side = oneOf('buy', 'sell')

/** Every field of the body of `POST /v1/reviews`: where it lies, what it takes, and what its absence means. */
const FIELDS: [path: string, kind: Kind, presence: Presence][] = [
  ['trade_decision_id', uuid, 'required'],
  ['order', closed, 'null'],
  ['order.limit_price', positive, 'null'],
  ['order.stop_price', positive, 'null'],
  ['order.reduce_only', flag, 'required'],
  ['gate_state', closed, 'null'],
  ['gate_state.as_of', timestamp, 'required'],
  ['gate_state.instrument', closed, 'required'],
  ['gate_state.instrument.tick_size', positive, 'required'],
  ['gate_state.instrument.lot_size', positive, 'required'],
  ['gate_state.instrument.min_qty', notNegative, 'required'],
  ['gate_state.instrument.halted', flag, 'required'],
  ['gate_state.instrument.restricted', flag, 'required'],
  ['gate_state.instrument.shortable', flag, 'required'],
  ['gate_state.session', closed, 'required'],
  ['gate_state.session.state', oneOf('pre', 'regular', 'post', 'closed'), 'required'],
  ['gate_state.session.ends_at', timestamp, 'null'],
  ['gate_state.reference_price', closed, 'required'],
  ['gate_state.reference_price.price', positive, 'required'],
  ['gate_state.reference_price.as_of', timestamp, 'required'],
  ['gate_state.reference_price.source', text(128), 'required'],
  ['gate_state.pending_orders', list(1000), 'required'],
  ['gate_state.pending_orders.0', closed, 'item'],
  ['gate_state.pending_orders.0.order_id', text(128), 'required'],
  ['gate_state.pending_orders.0.symbol', text(32), 'required'],
  ['gate_state.pending_orders.0.side', side, 'required'],
  ['gate_state.pending_orders.0.qty', notNegative, 'required'],
  ['gate_state.pending_orders.0.reduce_only', flag, 'required'],
  ['gate_state.activity', closed, 'required'],
  ['gate_state.activity.orders_last_minute', count, 'required'],
  ['gate_state.activity.orders_today', count, 'required'],
  ['gate_state.activity.repeats_today', count, 'required'],
  ['gate_state.pnl', closed, 'required'],
  ['gate_state.pnl.day_pnl_usd', decimal, 'required'],
  ['gate_state.pnl.drawdown', share, 'required'],
  ['request', closed, 'required'],
  ['request.decision', closed, 'required'],
  ['request.decision.strategy_id', text(128), 'required'],
  ['request.decision.symbol', text(32), 'required'],
  ['request.decision.action', side, 'required'],
  ['request.decision.qty', decimal, 'required'],
  ['request.decision.order_type', orderType, 'required'],
  ['request.decision.time_in_force', oneOf('day', 'gtc', 'ioc', 'fok'), 'required'],
  ['request.decision.event_ts', timestamp, 'required'],
  ['request.decision.timeframe', text(32), 'required'],
  ['request.decision.rationale', freeText(4000), 'null'],
  ['request.decision.regime_hmm', closed, 'null'],
  ['request.decision.regime_hmm.regime_id', text(32), 'required'],
  ['request.decision.regime_hmm.entropy_band', oneOf('low', 'medium', 'high'), 'required'],
  ['request.decision.regime_hmm.predicted_next', text(64), 'required'],
  ['request.decision.regime_hmm.artifact_version', text(128), 'required'],
  ['request.decision.regime_hmm.guardrail_reason', freeText(256), 'null'],
  ['request.decision.params', open, 'default'],
  ...scalars('request.decision.params', ['macd', 'macd_signal', 'rsi', 'price', 'volatility', 'spread']),
  ['request.decision.params.price_snapshot', open, 'null'],
  ...scalars('request.decision.params.price_snapshot', ['as_of', 'price', 'spread', 'source']),
  ['request.decision.params.imbalance', open, 'null'],
  ...scalars('request.decision.params.imbalance', ['spread']),
  ['request.decision.params.sizing', open, 'null'],
  ...scalars('request.decision.params.sizing', ['method', 'notional_budget', 'price', 'reason']),
  ['request.decision.params.regime_hmm', open, 'null'],
  ...scalars('request.decision.params.regime_hmm', ['regime_id', 'entropy_band', 'predicted_next', 'artifact_version']),
  ...scalars('request.decision.params.regime_hmm', ['guardrail_reason']),
  ['request.portfolio', closed, 'required'],
  ['request.portfolio.equity', decimal, 'null'],
  ['request.portfolio.cash', decimal, 'null'],
  ['request.portfolio.buying_power', decimal, 'null'],
  ['request.portfolio.total_exposure', decimal, 'null'],
  ['request.portfolio.exposure_by_symbol', exposures, 'default'],
  ['request.portfolio.exposure_by_symbol.*', decimal, 'item'],
  ...positions('request.portfolio.positions'),
  ['request.market', closed, 'null'],
  ['request.market.symbol', text(32), 'required'],
  ['request.market.as_of', timestamp, 'required'],
  ['request.market.price', decimal, 'null'],
  ['request.market.spread', decimal, 'null'],
  ['request.market.source', freeText(128), 'null'],
  ['request.market_context', closed, 'null'],
  ['request.market_context.context_version', text(64), 'required'],
  ['request.market_context.symbol', text(32), 'required'],
  ['request.market_context.as_of_utc', timestamp, 'required'],
  ['request.market_context.freshness_seconds', whole, 'required'],
  ['request.market_context.quality_score', share, 'required'],
  ['request.market_context.source_count', count, 'required'],
  ...riskFlags('request.market_context.risk_flags'),
  ['request.market_context.domains', closed, 'required'],
  ...contextDomain('technicals'),
  ...contextDomain('fundamentals'),
  ...contextDomain('news'),
  ...contextDomain('regime'),
  ['request.recent_decisions', list(50), 'default'],
  ['request.recent_decisions.0', closed, 'item'],
  ['request.recent_decisions.0.decision_id', text(128), 'required'],
  ['request.recent_decisions.0.strategy_id', text(128), 'required'],
  ['request.recent_decisions.0.symbol', text(32), 'required'],
  ['request.recent_decisions.0.action', side, 'default'],
  ['request.recent_decisions.0.qty', decimal, 'default'],
  ['request.recent_decisions.0.status', text(64), 'required'],
  ['request.recent_decisions.0.created_at', timestamp, 'required'],
  ['request.recent_decisions.0.rationale', freeText(4000), 'null'],
  ['request.recent_decisions.0.price', decimal, 'null'],
  ['request.account', closed, 'default'],
  ['request.account.equity', decimal, 'null'],
  ['request.account.cash', decimal, 'null'],
  ['request.account.buying_power', decimal, 'null'],
  ...positions('request.positions'),
  ['request.policy', closed, 'required'],
  ['request.policy.adjustment_allowed', flag, 'required'],
  ['request.policy.min_qty_multiplier', notNegative, 'required'],
  ['request.policy.max_qty_multiplier', notNegative, 'required'],
  ['request.policy.allowed_order_types', list(4), 'required'],
  ['request.policy.allowed_order_types.0', orderType, 'item'],
  ['request.trading_mode', oneOf('paper', 'live'), 'required'],
  ['request.prompt_version', text(32), 'required'],
]

test('the table of fields names every field of the schema, and no other', () => {
  const named = FIELDS.map(([path]) => path)
  expect(named.toSorted()).toEqual([...pathsOf(ReviewSubmission, '')].toSorted())
  expect(new Set(named).size).toBe(named.length)
})

test('parseReviewSubmission() accepts the body that every case below damages', () => {
  expect(issuesOf(fullBody())).toEqual([])
})

test.each(FIELDS)('parseReviewSubmission() names %s and what is wrong with it', (path, kind, presence) => {
  const cases = [...valueCases(path, kind), ...absenceCases(path, kind, presence)]
  const found = cases.map(({ what, body }) => [what, issuesOf(body)])
  expect(found).toEqual(cases.map(({ what, issues }) => [what, issues]))
})

test.each([
  [undefined, 'missing'],
  [null, 'type'],
  ['x', 'type'],
  [7, 'type'],
  [[], 'type'],
])('parseReviewSubmission() refuses %j in place of a body', (body, code) => {
  expect(issuesOf(body)).toEqual([` ${code}`])
})

test('parseReviewSubmission() refuses unknown keys at the root, and reports no more than fifty', () => {
  expect(issuesOf({ ...fullBody(), surprise: 1 })).toEqual(['surprise unknown_field'])
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 1]))
  expect(issuesOf({ ...fullBody(), ...many })).toHaveLength(50)
  expect(issuesOf({ ...fullBody(), [HUGE]: 1 })).toEqual([`${'x'.repeat(64)}… unknown_field`])
})

test('parseReviewSubmission() refuses unsafe keys and shows them fit for a log', () => {
  const body = { ...fullBody(), ['a\u0000b']: 1, ['\ud800']: 2, [`${'x'.repeat(63)}😀`]: 3 }
  expect(issuesOf(body)).toEqual([`a\\u0000b unsafe_text`, '\ufffd unsafe_text'])
  expect(issuesOf({ ...fullBody(), [`${'x'.repeat(63)}😀`]: 3 })).toEqual([`${'x'.repeat(63)}\ufffd… unknown_field`])
})

const CONTEXT = 'request.market_context'
const SPELLED = FIELDS.filter(([path]) => path.startsWith(`${CONTEXT}.`) && lastKey(path).includes('_'))

test('both spellings are tried at the levels of bundle, domain and citation', () => {
  const levels = new Set(SPELLED.map(([path]) => path.split('.').length))
  expect([...levels]).toEqual([3, 5, 7])
  expect(SPELLED).toHaveLength(6 + 4 * (6 + 1))
})

test.each(SPELLED)('parseReviewSubmission() reads %s in camelCase too, but not both spellings', (path, kind) => {
  const camel = camelOf(lastKey(path))
  const respelled = fullBody()
  const value = valueAt(respelled, path)
  removeAt(respelled, path)
  setAt(respelled, beside(path, camel), value)
  expect(parsed(respelled)).toEqual(parsed(fullBody()))
  const both = fullBody()
  setAt(both, beside(path, camel), value)
  expect(issuesOf(both)).toEqual([`${path} both_spellings`])
  const [bad, code] = kind.bad[0] ?? [{}, kind.wrongType]
  setAt(respelled, beside(path, camel), bad)
  expect(issuesOf(respelled)).toEqual([`${path} ${code}`])
})

interface Case {
  what: string
  body: unknown
  issues: string[]
}

function valueCases(path: string, kind: Kind): Case[] {
  const wrong = Object.entries(JSON_TYPES).filter(([type]) => !kind.takes.includes(type as JsonType))
  return [
    ...wrong.map(([type, value]) => caseWith(path, value, [`${path} ${kind.wrongType}`], type)),
    ...kind.bad.map(([value, code, below = '']) => caseWith(path, value, [`${path}${below} ${code}`])),
    ...kind.good.map((value) => caseWith(path, value, [])),
    caseWith(path, 'a\u0000b', [`${path} unsafe_text`]),
    caseWith(path, 'lone \udfff', [`${path} unsafe_text`]),
    caseWith(path, Number.POSITIVE_INFINITY, [`${path} range`]),
    caseWith(path, JSON.parse('{"__proto__":{}}'), [`${path}.__proto__ unsafe_key`], 'a prototype'),
    ...(kind === closed ? surprises(path) : []),
    ...('max' in kind ? lengths(path, Number(kind.max)) : []),
  ]
}

function absenceCases(path: string, kind: Kind, presence: Presence): Case[] {
  const withNull = caseWith(path, null, presence === 'null' ? [] : [`${path} ${kind.wrongType}`])
  if (presence === 'item') return [withNull]
  const body = fullBody()
  removeAt(body, path)
  return [withNull, { what: 'absent', body, issues: presence === 'required' ? [`${path} missing`] : [] }]
}

function surprises(path: string): Case[] {
  const own = Object.keys(valueAt(fullBody(), path) as object).filter((key) => key.includes('_'))
  const unknown = ['surprise', '', 'constructor', ...(path.startsWith(CONTEXT) ? [] : own.map(camelOf))]
  return unknown.map((key) => caseWith(`${path}.${key}`, 1, [`${path}.${key} unknown_field`]))
}

function lengths(path: string, max: number): Case[] {
  const [item] = valueAt(fullBody(), path) as unknown[]
  return [
    caseWith(path, Array(max).fill(item), [], `${max} items`),
    caseWith(path, Array(max + 1).fill(item), [`${path} too_long`], `${max + 1} items`),
  ]
}

function caseWith(path: string, value: unknown, issues: string[], what = JSON.stringify(value).slice(0, 60)): Case {
  const body = fullBody()
  setAt(body, path, value)
  return { what, body, issues }
}

function texts(code: string, bad: string[], good: string[]): Kind {
  return { takes: ['string'], wrongType: 'type', bad: bad.map((value) => [value, code]), good }
}

function text(max: number): Kind {
  const kind = freeText(max)
  return { ...kind, bad: [['', 'too_short'], ...kind.bad], good: kind.good.slice(1) }
}

function freeText(max: number): Kind {
  return texts('too_long', ['x'.repeat(max + 1), HUGE], ['', 'x', 'x'.repeat(max), '\u0007 <&> é 😀'])
}

function decimals(outOfRange: string[], good: string[]): Kind {
  const range = outOfRange.map((value): Kind['bad'][number] => [value, 'range'])
  const kind = texts('decimal', NO_DECIMALS, good)
  return { ...kind, takes: ['string', 'number'], bad: [...kind.bad, [7, 'decimal'], [1.5, 'decimal'], ...range] }
}

function numbers(bad: [number, string][], good: number[]): Kind {
  return { takes: ['number'], wrongType: 'type', bad: [...bad, ['1', 'type']], good }
}

function oneOf(...words: [string, ...string[]]): Kind {
  const bad = ['', 'hold', words[0].toUpperCase(), ` ${words[0]}`, HUGE, [words[0]]]
  return { takes: [], wrongType: 'enum', bad: bad.map((value) => [value, 'enum']), good: words }
}

function list(max: number): Kind & { max: number } {
  return { takes: ['list'], wrongType: 'type', bad: [[{ 0: 1 }, 'type']], good: [[]], max }
}

function scalars(path: string, keys: string[]): typeof FIELDS {
  return keys.map((key) => [`${path}.${key}`, scalar, 'null'])
}

function positions(path: string): typeof FIELDS {
  const prices = ['qty', 'market_value', 'avg_entry_price', 'current_price']
  const figures = [...prices, 'unrealized_pl', 'unrealized_plpc', 'cost_basis']
  return [
    [path, list(1000), 'default'],
    [`${path}.0`, open, 'item'],
    [`${path}.0.symbol`, text(32), 'null'],
    [`${path}.0.side`, oneOf('long', 'short'), 'null'],
    ...figures.map((key): (typeof FIELDS)[number] => [`${path}.0.${key}`, decimal, 'null']),
  ]
}

function riskFlags(path: string): typeof FIELDS {
  return [
    [path, list(64), 'default'],
    [`${path}.0`, text(128), 'item'],
  ]
}

function contextDomain(name: string): typeof FIELDS {
  const path = `request.market_context.domains.${name}`
  return [
    [path, closed, 'required'],
    [`${path}.domain`, { ...oneOf('technicals'), good: [name] }, 'required'],
    [`${path}.state`, oneOf('ok', 'stale', 'missing', 'error'), 'required'],
    [`${path}.as_of`, timestamp, 'null'],
    [`${path}.freshness_seconds`, whole, 'null'],
    [`${path}.max_freshness_seconds`, count, 'required'],
    [`${path}.source_count`, count, 'required'],
    [`${path}.quality_score`, share, 'required'],
    [`${path}.payload`, map, 'default'],
    [`${path}.citations`, list(64), 'default'],
    [`${path}.citations.0`, closed, 'item'],
    [`${path}.citations.0.source`, text(512), 'required'],
    [`${path}.citations.0.published_at`, timestamp, 'required'],
    [`${path}.citations.0.url`, freeText(2048), 'null'],
    ...riskFlags(`${path}.risk_flags`),
  ]
}

/** The example with every optional part filled in and its context in snake_case, so that each field can be damaged. */
function fullBody(): Record<string, unknown> {
  const body: Record<string, unknown> = structuredClone(parsed(exampleSubmission()))
  const parts: [string, unknown][] = [
    ['gate_state.pending_orders', [{ order_id: 'o-1', symbol: 'NVDA', side: 'buy', qty: '1', reduce_only: false }]],
    ['request.decision.regime_hmm', compactRegime()],
    ['request.decision.params', { price_snapshot: {}, imbalance: {}, sizing: {}, regime_hmm: {} }],
    ['request.portfolio.exposure_by_symbol', { '*': '1' }],
    ['request.portfolio.positions', [{ symbol: 'NVDA' }]],
    ['request.positions', [{ symbol: 'NVDA' }]],
    ['request.recent_decisions', [recentDecision()]],
    ['request.market_context.risk_flags', ['x']],
    ...['technicals', 'fundamentals', 'news', 'regime'].flatMap((name): [string, unknown][] => [
      [`request.market_context.domains.${name}.citations`, [{ source: 'x', published_at: '2026-02-27T15:00:00Z' }]],
      [`request.market_context.domains.${name}.risk_flags`, ['x']],
    ]),
  ]
  for (const [path, value] of parts) setAt(body, path, value)
  return body
}

function compactRegime(): Record<string, string> {
  return { ...words('regime_id', 'predicted_next', 'artifact_version'), entropy_band: 'low' }
}

function recentDecision(): Record<string, string> {
  return { ...words('decision_id', 'strategy_id', 'symbol', 'status'), created_at: '2026-02-27T15:00:00Z' }
}

function words(...keys: string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, 'x']))
}

function issuesOf(body: unknown): string[] {
  const result = parseReviewSubmission(body)
  return result.ok ? [] : result.issues.map(({ path, code }) => `${path} ${code}`)
}

function parsed(body: unknown): ReviewSubmission {
  const result = parseReviewSubmission(body)
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.submission
}

/** Every path of a schema: `0` stands for the items of a list, `*` for the values of a map. */
function* pathsOf(schema: z.core.$ZodType, path: string): Generator<string> {
  if (path !== '') yield path
  const { def } = bare(schema as z.core.$ZodTypes)._zod
  const below = (key: string, part: z.core.$ZodType) => pathsOf(part, path === '' ? key : `${path}.${key}`)
  if (def.type === 'object') for (const [key, part] of Object.entries(def.shape)) yield* below(key, part)
  if (def.type === 'array') yield* below('0', def.element)
  if (def.type === 'record' && def.valueType._zod.def.type !== 'unknown') yield* below('*', def.valueType)
}

/** The schema of the value itself, without what makes it optional or reads another form of it first. */
function bare(schema: z.core.$ZodTypes): z.core.$ZodTypes {
  const { def } = schema._zod
  if ('innerType' in def) return bare(def.innerType as z.core.$ZodTypes)
  if (def.type !== 'pipe') return schema
  return bare((def.in._zod.def.type === 'transform' ? def.out : def.in) as z.core.$ZodTypes)
}

function parentOf(body: unknown, path: string): Record<string, unknown> {
  return path
    .split('.')
    .slice(0, -1)
    .reduce((item, key) => item[key] as Record<string, unknown>, body as Record<string, unknown>)
}

function valueAt(body: unknown, path: string): unknown {
  return parentOf(body, path)[lastKey(path)]
}

function setAt(body: unknown, path: string, value: unknown): void {
  parentOf(body, path)[lastKey(path)] = value
}

function removeAt(body: unknown, path: string): void {
  Reflect.deleteProperty(parentOf(body, path), lastKey(path))
}

function lastKey(path: string): string {
  return path.split('.').at(-1) ?? ''
}

function beside(path: string, key: string): string {
  return [...path.split('.').slice(0, -1), key].join('.')
}

function camelOf(snake: string): string {
  return snake.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
