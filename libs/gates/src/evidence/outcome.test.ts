import { expect, test } from 'vitest'

import { fact, guarded, passed } from './outcome.ts'

test('guarded() hands the answer of the gate through', () => {
  const outcome = passed('order-shape', { qty: '1' })
  expect(guarded('order-shape', () => outcome)).toBe(outcome)
})

test('guarded() denies when the evidence cannot be read', () => {
  const judge = () => {
    throw new TypeError('hole')
  }
  expect(guarded('order-shape', judge)).toEqual({
    gate: 'order-shape',
    passed: false,
    code: 'evidence_unreadable',
    evidence: { error: 'TypeError' },
  })
})

test.each([
  ['text', 'text'],
  [1.5, 1.5],
  [true, true],
  [null, null],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  [undefined, 'undefined'],
  [{ a: 1 }, 'object'],
  [10n, 'bigint'],
  ['x'.repeat(65), 'x'.repeat(64)],
  [`${'x'.repeat(63)}😀`, `${'x'.repeat(63)}\ufffd`],
])('fact() writes %s as %s', (value, expected) => {
  expect(fact(value)).toBe(expected)
})
