import { expect, test } from 'vitest'

import type { Changes } from '../testing/samples.ts'
import { sampleSubmission } from '../testing/samples.ts'
import { proveReducing } from './reducing-proof.ts'

/** A sell of 4 from a long of 10 NVDA, nothing pending, state 10 s old: proved, unless the changes break it. */
function codeAfter(changes: Changes = {}): string {
  const proof = proveReducing(sampleSubmission({ ...LONG_EXIT, ...changes }))
  expect(proof.reducing).toBe(proof.code === 'proved')
  return proof.code
}

const LONG_EXIT: Changes = {
  'request.decision.action': 'sell',
  'request.decision.qty': '4',
  'request.positions': [{ symbol: 'NVDA', qty: '10', side: 'long' }],
}
const SHORT_EXIT: Changes = {
  'request.decision.action': 'buy',
  'request.positions': [{ symbol: 'NVDA', qty: '10', side: 'short' }],
}

function pending(side: string, qty: unknown, symbol: unknown = 'NVDA') {
  return { order_id: `${side}-${String(qty)}`, symbol, side, qty, reduce_only: false }
}

test('proveReducing() proves an exit and shows what it counted', () => {
  expect(proveReducing(sampleSubmission(LONG_EXIT))).toEqual({
    reducing: true,
    code: 'proved',
    evidence: { net_position: '10', pending_qty: '0', order_qty: '4', snapshot_age_seconds: '10' },
  })
})

test.each([
  ['part of it', '4', 'proved'],
  ['a hair less', '9.99999999', 'proved'],
  ['all of it', '10', 'proved'],
  ['all of it, written longer', '10.00000000', 'proved'],
  ['a hair more', '10.00000001', 'exceeds_position'],
  ['across zero', '15', 'exceeds_position'],
])('proveReducing() judges an exit of %s (%s of 10) as %s, long or short', (_what, qty, code) => {
  expect(codeAfter({ 'request.decision.qty': qty })).toBe(code)
  expect(codeAfter({ ...SHORT_EXIT, 'request.decision.qty': qty })).toBe(code)
})

test('proveReducing() never proves an order on the side of the position', () => {
  expect(codeAfter({ 'request.decision.action': 'buy' })).toBe('side_adds_risk')
  expect(codeAfter({ ...SHORT_EXIT, 'request.decision.action': 'sell' })).toBe('side_adds_risk')
  expect(codeAfter({ 'request.decision.action': 'hold' })).toBe('side_adds_risk')
})

test.each([
  [{ qty: '10', side: 'short' }, 'buy'],
  [{ qty: '-10', side: 'short' }, 'buy'],
  [{ qty: '-10' }, 'buy'],
  [{ qty: '-10', side: 'long' }, 'buy'],
  [{ qty: '10', side: 'long' }, 'sell'],
  [{ qty: '10' }, 'sell'],
  [{ qty: '10', side: null }, 'sell'],
])('proveReducing() reads %j as a position that a %s reduces', (position, exitSide) => {
  const positions = { 'request.positions': [{ symbol: 'NVDA', ...position }] }
  const entrySide = exitSide === 'buy' ? 'sell' : 'buy'
  expect(codeAfter({ ...positions, 'request.decision.action': exitSide, 'request.decision.qty': '10' })).toBe('proved')
  expect(codeAfter({ ...positions, 'request.decision.action': entrySide })).toBe('side_adds_risk')
})

test('proveReducing() nets every row of the symbol and no other, exactly', () => {
  const rows = [
    { symbol: 'AAPL', qty: '100' },
    { symbol: 'NVDA', qty: '0.1' },
    { symbol: 'NVDA', qty: '0.2' },
    { symbol: 'NVDA', qty: '0.05', side: 'short' },
  ]
  expect(codeAfter({ 'request.positions': rows, 'request.decision.qty': '0.25' })).toBe('proved')
  expect(codeAfter({ 'request.positions': rows, 'request.decision.qty': '0.25000001' })).toBe('exceeds_position')
})

test('proveReducing() counts two exits in flight together', () => {
  const inFlight = (qty: string) => codeAfter({ 'gate_state.pending_orders': [pending('sell', qty)] })
  expect([inFlight('5.99999999'), inFlight('6'), inFlight('6.00000001')]).toEqual([
    'proved',
    'proved',
    'exceeds_position',
  ])
})

test('proveReducing() leaves pending orders of the other side and of other symbols out', () => {
  const others = [pending('buy', '100'), pending('sell', '100', 'AAPL')]
  expect(codeAfter({ 'gate_state.pending_orders': others })).toBe('proved')
})

test.each([
  ['2026-02-27T15:30:00Z', 'proved'],
  ['2026-02-27T15:29:59.9999999Z', 'snapshot_too_far'],
  ['2026-02-27T15:30:00.0000001Z', 'proved'],
  ['2026-02-27T15:31:00Z', 'proved'],
  ['2026-02-27T15:32:00Z', 'proved'],
  ['2026-02-27T15:32:00.0000001Z', 'snapshot_too_far'],
  ['2026-02-26T15:31:00Z', 'snapshot_too_far'],
  ['yesterday', 'snapshot_too_far'],
  [null, 'snapshot_too_far'],
])('proveReducing() judges a snapshot of %s for a decision of 15:31:00 as %s', (asOf, code) => {
  expect(codeAfter({ 'gate_state.as_of': asOf })).toBe(code)
})

test('proveReducing() proves nothing without a position', () => {
  expect(codeAfter({ 'request.positions': [] })).toBe('no_open_position')
  expect(codeAfter({ 'request.positions': [{ symbol: 'NVDA', qty: '0' }] })).toBe('no_open_position')
  expect(codeAfter({ 'request.positions': [{ symbol: 'AAPL', qty: '10' }] })).toBe('no_open_position')
})

test('proveReducing() takes an empty list as present and absence as absent', () => {
  expect(codeAfter({ 'gate_state.pending_orders': [] })).toBe('proved')
  expect(codeAfter({ 'gate_state.pending_orders': undefined })).toBe('pending_orders_missing')
  expect(codeAfter({ 'request.positions': undefined })).toBe('positions_missing')
  expect(codeAfter({ gate_state: null })).toBe('gate_state_missing')
})

test.each([
  [{ 'request.positions': [{ symbol: 'NVDA', side: 'long' }] }, 'position_unreadable'],
  [{ 'request.positions': [{ symbol: 'NVDA', qty: '10' }, { symbol: 'NVDA' }] }, 'position_unreadable'],
  [{ 'request.positions': [{ symbol: 'NVDA', qty: 10 }] }, 'position_unreadable'],
  [{ 'request.positions': [{ symbol: 'NVDA', qty: '10', side: 'LONG' }] }, 'position_unreadable'],
  [{ 'request.positions': [{ symbol: 'NVDA', qty: '10' }, { qty: '5' }] }, 'position_unreadable'],
  [{ 'request.positions': [{ symbol: 'NVDA', qty: '10' }, { symbol: '', qty: '1' }] }, 'position_unreadable'],
  [{ 'request.positions': [{ symbol: 'NVDA', qty: 'x', side: 'short' }] }, 'position_unreadable'],
  [{ 'gate_state.pending_orders': [pending('sell', '1', '')] }, 'pending_unreadable'],
  [{ 'request.decision.event_ts': 'now' }, 'snapshot_too_far'],
  [{ 'request.positions': [null] }, 'evidence_unreadable'],
  [{ 'gate_state.pending_orders': [pending('sell', '-5')] }, 'pending_unreadable'],
  [{ 'gate_state.pending_orders': [pending('sell', NaN)] }, 'pending_unreadable'],
  [{ 'gate_state.pending_orders': [pending('both', '1')] }, 'pending_unreadable'],
  [{ 'gate_state.pending_orders': [pending('sell', '1', null)] }, 'pending_unreadable'],
  [{ 'gate_state.pending_orders': [undefined] }, 'evidence_unreadable'],
  [{ 'request.decision.qty': '0' }, 'order_unreadable'],
  [{ 'request.decision.qty': '-4' }, 'order_unreadable'],
  [{ 'request.decision.qty': 'NaN' }, 'order_unreadable'],
  [{ 'request.decision.order_type': 'iceberg' }, 'order_unreadable'],
  [{ 'order.limit_price': '-1' }, 'order_unreadable'],
  [{ request: undefined }, 'evidence_unreadable'],
])('proveReducing() takes %j as unproved, %s', (changes, code) => {
  expect(codeAfter(changes)).toBe(code)
})

test('proveReducing() does not need the prices of an exit: the caller kept them', () => {
  expect(codeAfter({ order: null, 'request.decision.order_type': 'limit' })).toBe('proved')
})

test('proveReducing() counts a pending order of nothing as nothing', () => {
  expect(codeAfter({ 'request.decision.qty': '10', 'gate_state.pending_orders': [pending('sell', '0')] })).toBe('proved')
})

test('proveReducing() tells how far the snapshot was, and what it could not read', () => {
  const evidenceAfter = (changes: Changes) => proveReducing(sampleSubmission({ ...LONG_EXIT, ...changes })).evidence
  expect(evidenceAfter({ 'gate_state.as_of': '2026-02-27T15:29:59Z' })).toEqual({ snapshot_age_seconds: '61' })
  expect(evidenceAfter({ 'gate_state.as_of': 'yesterday' })).toEqual({ snapshot_age_seconds: null })
  expect(evidenceAfter({ request: undefined })).toEqual({ error: 'TypeError' })
})
